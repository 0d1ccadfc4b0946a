/**
 * What hands out candidates and records results. The runner knows nothing else of where results are kept, so that a queue shared by many hosts can take the
 * place of a file: such a ledger refuses the result of a claim that it has since given to somebody else.
 */
import type { Final } from './measure/finalists.ts'
import type { Result } from './measure/result.ts'

/** The right to record the result of a candidate. */
export interface Claim {
  readonly id: string
  /** Grows with every claim on the same candidate: a result that comes with an older one is refused. */
  readonly fence: number
}

/** Results of one search under one set of conditions. */
export interface Ledger {
  /**
   * The result that is already there.
   * @param effort the share of the usual repetitions that it must have had, if it has a time
   */
  known(id: string, effort: number): Result | undefined
  claim(id: string): Claim
  /**
   * Records a result; when it returns, the result is durable.
   * @returns false if a newer claim has been made, or there is a result with as much effort: this one does not count
   */
  record(claim: Claim, result: Result, effort: number, parameters?: Readonly<Record<string, number | string>>): boolean
  recordFinal(final: RankedFinal): void
}

/** A final with its ranking. */
export interface RankedFinal extends Final {
  /** Ids of candidates that cannot be told apart from the best one. */
  readonly ties: readonly string[]
}
