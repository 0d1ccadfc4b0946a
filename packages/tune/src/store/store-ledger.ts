/** A ledger in a store; or in memory, if there is none. */
import type { Claim, Ledger, RankedFinal } from '../ledger.ts'
import type { Result } from '../measure/result.ts'
import type { StoreFile } from './store-file.ts'
import { type OutcomeRecord, type SearchRecord, tuningRecords } from './tuning-records.ts'

export class StoreLedger implements Ledger {
  readonly #store: StoreFile | undefined
  readonly #key: string
  readonly #known = new Map<string, { readonly result: Result; readonly effort: number }>()
  readonly #fences = new Map<string, number>()

  /** @throws StoreError if a record of the store is not whole */
  constructor(store: StoreFile | undefined, key: string) {
    this.#store = store
    this.#key = key
    if (store === undefined) return
    for (const record of tuningRecords(store.content.records, store.path))
      if (record.kind === 'outcome' && record.key === key)
        this.#take(record.id, { result: resultOf(record), effort: record.effort ?? 1 })
  }

  begin(search: Omit<SearchRecord, 'kind' | 'key' | 'date'>): void {
    this.#append('search', search)
  }

  known(id: string, effort: number): Result | undefined {
    const known = this.#known.get(id)
    // A candidate that is not right needs no repetitions to be so.
    return known !== undefined && (known.effort >= effort || known.result.timing === undefined)
      ? known.result
      : undefined
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
    this.#append('outcome', { id, ...result, ...(effort !== 1 && { effort }), ...(parameters && { parameters }) })
    this.#take(id, { result, effort })
    return true
  }

  recordFinal({ finalists, ties, ceiling }: RankedFinal): void {
    this.#append('final', { finalists, ties, ceiling })
  }

  #take(id: string, found: { readonly result: Result; readonly effort: number }): void {
    const known = this.#known.get(id)
    if (known === undefined || known.effort < found.effort) this.#known.set(id, found)
  }

  #append(kind: 'search' | 'outcome' | 'final', members: object): void {
    this.#store?.append({ kind, ...{ key: this.#key, date: new Date().toISOString(), ...members } })
  }
}

const resultOf = ({ class: own, timing, code, problem, costSeconds }: OutcomeRecord): Result => ({
  class: own,
  ...(timing && { timing }),
  ...(code !== undefined && { code }),
  ...(problem !== undefined && { problem }),
  costSeconds,
})
