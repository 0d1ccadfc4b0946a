/** A ledger in a store; or in memory, if there is none. */
import type { Claim, Ledger, RankedFinal } from '../ledger.ts'
import type { Result } from '../measure/result.ts'
import type { StoreFile } from './store-file.ts'
import { type OutcomeRecord, type SearchRecord, tuningRecords } from './tuning-records.ts'

export class StoreLedger implements Ledger {
  readonly #store: StoreFile | undefined
  readonly #key: string
  readonly #generator: string
  readonly #known = new Map<string, Known>()
  readonly #fences = new Map<string, number>()

  /** @throws StoreError if a record of the store is not whole */
  constructor(store: StoreFile | undefined, key: string, generator: string) {
    this.#store = store
    this.#key = key
    this.#generator = generator
    if (store === undefined) return
    for (const record of tuningRecords(store.content.records, store.path))
      if (record.kind === 'outcome' && record.key === key)
        this.#take(record.id, {
          result: resultOf(record),
          effort: record.effort ?? 1,
          ...(record.generator !== generator && { isOfOtherGenerator: true }),
        })
  }

  begin(search: Omit<SearchRecord, 'kind' | 'key' | 'date'>): void {
    this.#append('search', search)
  }

  known(id: string, effort: number): Result | undefined {
    const known = this.#known.get(id)
    return known?.isOfOtherGenerator ? undefined : enough(known, effort)
  }

  /** A result of code that another generator made: it holds if the code is still the same. */
  doubted(id: string, effort: number): Result | undefined {
    const known = this.#known.get(id)
    return known?.isOfOtherGenerator ? enough(known, effort) : undefined
  }

  /** How many results another generator made. */
  get doubtedCount(): number {
    return [...this.#known.values()].filter(({ isOfOtherGenerator }) => isOfOtherGenerator).length
  }

  claim(id: string): Claim {
    const fence = (this.#fences.get(id) ?? 0) + 1
    this.#fences.set(id, fence)
    return { id, fence }
  }

  record(
    { id, fence }: Claim,
    result: Result,
    effort: number,
    parameters?: Readonly<Record<string, number | string>>,
  ): boolean {
    if (this.#fences.get(id) !== fence || this.known(id, effort) !== undefined) return false
    const made = { generator: this.#generator, ...(effort !== 1 && { effort }), ...(parameters && { parameters }) }
    this.#append('outcome', { id, ...result, ...made })
    this.#take(id, { result, effort })
    return true
  }

  recordFinal({ finalists, ties, ceiling }: RankedFinal): void {
    this.#append('final', { finalists, ties, ceiling })
  }

  #take(id: string, found: Known): void {
    const known = this.#known.get(id)
    if (known === undefined || known.effort < found.effort || (known.isOfOtherGenerator && !found.isOfOtherGenerator))
      this.#known.set(id, found)
  }

  #append(kind: 'search' | 'outcome' | 'final', members: object): void {
    this.#store?.append({ kind, ...{ key: this.#key, date: new Date().toISOString(), ...members } })
  }
}

/** A result that is there. */
interface Known {
  readonly result: Result
  readonly effort: number
  readonly isOfOtherGenerator?: true
}

/** The result, if it had enough repetitions. A candidate that is not right needs none to be so. */
const enough = (known: Known | undefined, effort: number): Result | undefined =>
  known !== undefined && (known.effort >= effort || known.result.timing === undefined) ? known.result : undefined

const resultOf = ({ class: own, timing, code, problem, costSeconds }: OutcomeRecord): Result => ({
  class: own,
  ...(timing && { timing }),
  ...(code !== undefined && { code }),
  ...(problem !== undefined && { problem }),
  costSeconds,
})
