/** What came of a candidate. */
import type { Candidate } from './candidate.ts'

/** The classes of outcomes, the good one first. */
export const outcomeClasses = [
  /** It ran, its results were right before and after it was timed, and it has a time. */
  'correct',
  /** Its steps do not apply, or the back end cannot express them here. */
  'refused',
  /** The compiler of the device rejected its code, or the back end failed. */
  'compile error',
  /** The device rejected or dropped its launch. */
  'launch error',
  /** Its results differ from the reference, it left words unwritten, or it wrote outside of its arrays. */
  'wrong result',
  /** It was still compiling or running at its deadline. */
  'timeout',
  /** The device was lost while it ran, and again when it ran alone. */
  'device lost',
  /** The process died while it compiled or ran, and again when it was alone. */
  'crashed',
] as const

/** The class of an outcome: see `outcomeClasses`. */
export type OutcomeClass = (typeof outcomeClasses)[number]

/** What a strategy sees of a finished candidate. */
export interface Outcome {
  readonly candidate: Candidate
  readonly class: OutcomeClass
  /** Microseconds, the median; present if the class is `correct`. */
  readonly time?: number
  /** What it cost to find out, seconds: compilation, validation and measurement. */
  readonly costSeconds: number
}
