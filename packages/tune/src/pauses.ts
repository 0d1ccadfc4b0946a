/** Lets the rest of the process run during long work, so that signals, deadlines and results are not kept waiting. */
import { setImmediate } from 'node:timers/promises'

const longestMs = 20

/** Pauses of one piece of work. */
export class Pauses {
  readonly #signal: AbortSignal | undefined
  #since = performance.now()

  /** @param signal ends the work at its next pause */
  constructor(signal?: AbortSignal) {
    this.#signal = signal
  }

  /**
   * Call it often: the promise of a pause, if there has been none for a while.
   * The returned promise rejects with the reason of the signal once that is aborted.
   */
  due(): Promise<void> | undefined {
    return performance.now() - this.#since < longestMs ? undefined : this.#pause()
  }

  async #pause(): Promise<void> {
    await setImmediate()
    this.#signal?.throwIfAborted()
    this.#since = performance.now()
  }
}
