/** A candidate to evaluate, and what was found out about it. */
import type { OutcomeClass } from '../outcome.ts'

/** A candidate to evaluate. */
export interface Task {
  /** The text of its steps. */
  readonly id: string
  /** The share of the usual repetitions. */
  readonly effort: number
  /** The hash of the code that an earlier result is about: if it is still the same, the result holds. */
  readonly code?: string
}

/** The timed launches of a candidate, microseconds. */
export interface Timing {
  readonly median: number
  readonly p20: number
  readonly p80: number
  readonly samples: readonly number[]
}

/** The result of one candidate. */
export interface Result {
  readonly class: OutcomeClass
  /** Present if the class is `correct`. */
  readonly timing?: Timing
  /** Hash of the code and of how it is launched; absent if there is no code. */
  readonly code?: string
  /** Why there is no time, a sentence. */
  readonly problem?: string
  readonly costSeconds: number
  /** The code is the one of the task, and nothing was measured. */
  readonly isUnchanged?: true
}
