/**
 * What was learned about choices that do not go together: a way of one step that was never legal behind a way of an earlier step, or never at all, although that was tried often enough. Such combinations are still
 * drawn now and then, so that a wrong guess is found out: `isSuspect` is a reason to save work, not a proof.
 */

interface Counts {
  passed: number
  failed: number
}

/** As many failures without a success are chance in one of 20 cases, in units of what is expected for one success. */
const enough = 3
/** Steps differ more from one another than the same step in different places. */
const enoughAlone = 10

const countsIn = <Key>(map: Map<Key, Counts>, key: Key): Counts => {
  const known = map.get(key) ?? { passed: 0, failed: 0 }
  map.set(key, known)
  return known
}

/** How many failures are expected for each success. */
const expected = ({ passed, failed }: Counts): number => (passed + failed) / Math.max(1, passed)

const neverPassed = (counts: Counts | undefined, usual: Counts, factor: number): boolean =>
  counts !== undefined && counts.passed === 0 && counts.failed >= factor * expected(usual)

export class Conflicts {
  readonly #ways: readonly number[]
  readonly #ofStep: readonly Counts[]
  /** For each step, by its way. */
  readonly #alone: readonly Map<number, Counts>[]
  /** For each step and each before it, by both ways. */
  readonly #together: readonly (readonly Map<number, Counts>[])[]

  /** @param ways how many there are to choose at each step */
  constructor(ways: readonly number[]) {
    this.#ways = ways
    this.#ofStep = ways.map(() => ({ passed: 0, failed: 0 }))
    this.#alone = ways.map(() => new Map())
    this.#together = ways.map((_, step) => Array.from({ length: step }, () => new Map()))
  }

  /** Takes note of whether the first steps were legal, where all but the last of them had been. */
  observe(ways: readonly number[], steps: number, isLegal: boolean): void {
    const step = steps - 1
    const way = ways[step] as number
    const all = [
      this.#ofStep[step] as Counts,
      countsIn(this.#alone[step] as Map<number, Counts>, way),
      ...(this.#together[step] ?? []).map((map, before) => countsIn(map, this.#pair(ways, before, step))),
    ]
    for (const counts of all) counts[isLegal ? 'passed' : 'failed']++
  }

  /** Whether some choices of a combination have never been legal together. */
  isSuspect(ways: readonly number[]): boolean {
    return ways.some((way, step) => {
      const alone = this.#alone[step]?.get(way)
      if (alone === undefined) return false
      if (neverPassed(alone, this.#ofStep[step] as Counts, enoughAlone)) return true
      return (this.#together[step] ?? []).some((map, before) =>
        neverPassed(map.get(this.#pair(ways, before, step)), alone, enough),
      )
    })
  }

  #pair(ways: readonly number[], before: number, step: number): number {
    return (ways[before] as number) * (this.#ways[step] as number) + (ways[step] as number)
  }
}
