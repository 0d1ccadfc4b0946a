/** What a search walks over: candidates, and the space that they come from. */
import type { Step } from '@qernel/schedule'

/** A schedule to try. */
export interface Candidate {
  /** The steps as text, as `printSteps` writes them: two candidates are the same if their ids are. */
  readonly id: string
  readonly steps: readonly Step[]
  /** The values that were chosen in a template, for reports and exchange formats. */
  readonly parameters?: Readonly<Record<string, number | string>>
}

/** Uniform in [0, 1). */
export type Random = () => number

/** The candidates of a search. All of them are legal; illegal ones are left out before anything is compiled. */
export interface Space {
  /** The number of candidates, if it is known without walking over all of them. */
  readonly size: number | undefined
  /** What to try before anything else, such as schedules added by hand. */
  readonly first?: readonly Candidate[]
  /** Every candidate once, always in the same order. */
  candidates(signal?: AbortSignal): Iterable<Candidate> | AsyncIterable<Candidate>
  /**
   * A candidate at random, each equally likely. Where finding one takes long, the rest of the process runs meanwhile; `signal` ends it.
   * @throws RangeError if there is none
   */
  sample(random: Random, signal?: AbortSignal): Candidate | Promise<Candidate>
  /** The candidates that differ from this one in one choice, always in the same order. */
  neighbours(candidate: Candidate, signal?: AbortSignal): readonly Candidate[] | Promise<readonly Candidate[]>
  /** A guess of the time that a candidate takes, in a unit of its own: strategies try what looks fast first. */
  estimate?(candidate: Candidate): number
}
