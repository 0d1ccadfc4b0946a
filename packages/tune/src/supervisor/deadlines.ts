/** How long a candidate may take: a floor, or a multiple of the fastest so far if that is more. */
import type { Stage } from '../measure/failure-class.ts'

/** The deadlines of a search. */
export interface DeadlineOptions {
  /** Seconds that a compilation may always take: applying the steps and printing the code, and then the compiler of the device. Default 60. */
  readonly compileSeconds?: number
  /** Seconds that a check or a turn may always take. Default 10, and 60 on a software device. */
  readonly runSeconds?: number
  /** Otherwise, how many times the fastest that was seen. Default 20. */
  readonly factor?: number
}

export class Deadlines {
  readonly #options: DeadlineOptions
  readonly #fastest = new Map<Stage, number>()
  /** Whether the device is software: known when it is open. */
  isSoftware = false

  constructor(options: DeadlineOptions = {}) {
    this.#options = options
  }

  /** Takes note of a stage that ended by itself. */
  observe(stage: Stage, seconds: number): void {
    this.#fastest.set(stage, Math.min(seconds, this.#fastest.get(stage) ?? Number.POSITIVE_INFINITY))
  }

  secondsFor(stage: Stage): number {
    const { compileSeconds = 60, runSeconds = this.isSoftware ? 60 : 10, factor = 20 } = this.#options
    return Math.max(stage === 'run' ? runSeconds : compileSeconds, factor * (this.#fastest.get(stage) ?? 0))
  }
}
