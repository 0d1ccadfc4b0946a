/** How long a candidate may take: a floor, or a multiple of the fastest so far if that is more. */
import type { Stage } from '../measure/failure-class.ts'

/** The deadlines of a search. */
export interface DeadlineOptions {
  /** Seconds that a compilation may always take: applying the steps and printing the code, and then the compiler of the device. Default 60. */
  readonly compileSeconds?: number
  /** Seconds that a check or a turn may always take. Default 10. */
  readonly runSeconds?: number
  /** Otherwise, how many times the fastest that was seen. Default 20. */
  readonly factor?: number
}

export class Deadlines {
  readonly #floors: Readonly<Record<Stage, number>>
  readonly #factor: number
  readonly #fastest = new Map<Stage, number>()

  constructor({ compileSeconds = 60, runSeconds = 10, factor = 20 }: DeadlineOptions = {}) {
    this.#floors = { lower: compileSeconds, load: compileSeconds, run: runSeconds }
    this.#factor = factor
  }

  /** Takes note of a stage that ended by itself. */
  observe(stage: Stage, seconds: number): void {
    this.#fastest.set(stage, Math.min(seconds, this.#fastest.get(stage) ?? Number.POSITIVE_INFINITY))
  }

  secondsFor(stage: Stage): number {
    return Math.max(this.#floors[stage], this.#factor * (this.#fastest.get(stage) ?? 0))
  }
}
