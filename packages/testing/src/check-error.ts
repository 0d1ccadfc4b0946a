import { replayCall, trialText } from './trial/replay-text.ts'
import type { Trial } from './trial/trial.ts'

/** A case that came out wrong, made as small as it goes. */
export interface CheckFailure {
  /** Who came out wrong and how: "simulated for wgsl: q[0, 3] is 4, not 5", or the findings of the simulator. */
  readonly what: string
  /** The smallest trial found: its kernel, steps, fixed sizes and its one case. */
  readonly trial: Trial
  /** How many times it was made smaller. */
  readonly shrinks: number
  /** Of the run that found it. */
  readonly seed: number
}

/** Thrown by `checkKernel` and `checkSchedule`: the message tells the smallest case and how to try it again. */
export class CheckError extends Error {
  override readonly name = 'CheckError'
  readonly failure: CheckFailure
  constructor(failure: CheckFailure) {
    super(`${failure.what}\n\n${trialText(failure.trial)}\n  replay    ${replayCall(failure.trial)}\n`)
    this.failure = failure
  }
}
