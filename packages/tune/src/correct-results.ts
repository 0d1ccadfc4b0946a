/** The candidates whose results are right, and the order in which they are reported. */
import type { Candidate } from './candidate.ts'
import type { RankedFinal } from './ledger.ts'
import type { Result } from './measure/result.ts'
import type { Ranked } from './tune-options.ts'

interface Correct {
  readonly candidate: Candidate
  readonly result: Result
}

export class CorrectResults {
  readonly #byId = new Map<string, Correct>()

  /** A candidate that comes again has been measured for longer. */
  add(one: Correct): void {
    this.#byId.set(one.candidate.id, one)
  }

  get(id: string | undefined): Correct | undefined {
    return id === undefined ? undefined : this.#byId.get(id)
  }

  /** The fastest first; equal times by identity. */
  sorted(): Correct[] {
    const time = ({ result }: Correct) => result.timing?.median ?? Number.POSITIVE_INFINITY
    return [...this.#byId.values()].sort(
      (a, b) => time(a) - time(b) || (a.candidate.id < b.candidate.id ? -1 : a.candidate.id > b.candidate.id ? 1 : 0),
    )
  }

  /**
   * The finalists in the order of the final, then the others by their first times; who failed in the final is left out.
   *
   * @param bytes that a launch moves, for shares of the ceiling
   */
  ranked(final: RankedFinal | undefined, baseline: string | undefined, bytes: number): Ranked[] {
    const remaining = new Map(this.#byId)
    const failed = new Set(final?.failed.map(({ id }) => id))
    const first = (final?.finalists ?? []).flatMap(({ id, timing }): Ranked[] => {
      const found = remaining.get(id)
      remaining.delete(id)
      if (found === undefined) return []
      const ofCeiling = bytes / (timing.median * 1e6) / (final?.ceiling.tbps ?? Number.NaN)
      const isTie = final?.ties.includes(id) === true
      return [{ candidate: found.candidate, timing, isFinalist: true, ofCeiling, isTie, isBaseline: id === baseline }]
    })
    const others = this.sorted().flatMap(({ candidate, result: { timing } }): Ranked[] =>
      !remaining.has(candidate.id) || failed.has(candidate.id) || timing === undefined
        ? []
        : [{ candidate, timing, isFinalist: false, isTie: false, isBaseline: candidate.id === baseline }],
    )
    return [...first, ...others]
  }
}
