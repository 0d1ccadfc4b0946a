/** What a process that is watched says: what it is doing, and how long that may take. */
import type { Device } from '@qernel/runtime'
import { printSteps, type Step } from '@qernel/schedule'
import type { DiedRow } from './row-lines.ts'

/** A message to the watching process. */
export interface Beat extends Pick<DiedRow, 'run' | 'late' | 'preparing'> {
  /** Seconds until the next one, at most. */
  readonly seconds: number
  /** Whether the device is compiling a batch. */
  readonly compiling?: true
}

/** What the watched process sends; `over` when all results are there. */
export type Message = Beat | 'over'

/** Filling arrays of any size, the reference and the ceiling. */
const idleSeconds = 600
const compileSeconds = 60
/** A turn, unless 20 times the fastest is more. */
const turnSeconds = { hardware: 10, software: 60 } as const
const factor = 20

export class Pulse {
  readonly #run: string
  readonly #send: ((message: Message) => void) | undefined
  /** The deadline of a turn as the user gave it. */
  readonly #given: number | undefined
  #isSoftware = false
  #fastest = Number.POSITIVE_INFINITY
  #turnStart: number | undefined

  constructor(run: string, given: number | undefined, send: ((message: Message) => void) | undefined) {
    this.#run = run
    this.#given = given
    this.#send = send
  }

  /** Sets the device of the following turns. */
  of({ isSoftware }: Device): void {
    this.#isSoftware = isSoftware
    this.idle()
  }

  idle(): void {
    this.#endTurn()
    this.#say({ seconds: idleSeconds })
  }

  preparing(preparing: NonNullable<DiedRow['preparing']>): void {
    this.#endTurn()
    this.#say({ seconds: this.#given ?? compileSeconds, preparing })
  }

  /** @param count the number of schedules whose code the device compiles */
  compiling(count: number): void {
    this.#endTurn()
    this.#say({ seconds: (this.#given ?? compileSeconds) * Math.max(1, count / 4), compiling: true })
  }

  turn(schedule: { readonly steps: readonly Step[]; readonly code: string } | undefined): void {
    this.#endTurn()
    if (schedule === undefined) {
      this.#say({ seconds: idleSeconds })
      return
    }
    this.#turnStart = performance.now()
    const floor = this.#given ?? turnSeconds[this.#isSoftware ? 'software' : 'hardware']
    const seconds = Math.max(floor, Number.isFinite(this.#fastest) ? factor * this.#fastest : 0)
    this.#say({ seconds, late: { steps: printSteps(schedule.steps), code: schedule.code } })
  }

  over(): void {
    this.#send?.('over')
  }

  #endTurn(): void {
    if (this.#turnStart === undefined) return
    this.#fastest = Math.min(this.#fastest, (performance.now() - this.#turnStart) / 1000)
    this.#turnStart = undefined
  }

  #say(beat: Omit<Beat, 'run'>): void {
    this.#send?.({ run: this.#run, ...beat })
  }
}
