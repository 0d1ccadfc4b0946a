import { replayCall, trialText } from './trial/replay-text.ts'
import type { Trial } from './trial/trial.ts'

/** A failing case, shrunk as far as possible. */
export interface CheckFailure {
  /** What was wrong and where: "simulated for wgsl: q[0, 3] is 4, not 5", or the findings of the simulator. */
  readonly what: string
  /** The smallest trial found: its kernel, steps, fixed sizes and its one case. */
  readonly trial: Trial
  /** How many times the case was shrunk. */
  readonly shrinks: number
  /** The seed of the run that found it. */
  readonly seed: number
}

/** Thrown by `checkKernel` and `checkSchedule`. The message gives the smallest case and how to reproduce it. */
export class CheckError extends Error {
  override readonly name = 'CheckError'
  readonly failure: CheckFailure
  constructor(failure: CheckFailure) {
    super(`${failure.what}\n\n${trialText(failure.trial)}\n  replay    ${replayCall(failure.trial)}\n`)
    this.failure = failure
  }
}
