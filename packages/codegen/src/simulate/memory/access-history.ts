/**
 * Remembers enough accesses per array element to find a race: two by threads of the current group and one by an earlier group.
 * Time is counted in epochs. Every dispatch, group and barrier begins a new one, so nothing has to be cleared: accesses older than
 * the dispatch do not count.
 */
const fields = 9

/** The thread that makes an access, and the epochs from which other accesses are concurrent with it. */
export interface Moment {
  readonly thread: number
  /** Accesses of this epoch by other threads are concurrent. */
  readonly epoch: number
  /** Accesses from this epoch up to `group` belong to other groups; all are concurrent. */
  readonly since: number
  /** The epoch in which the current group began. */
  readonly group: number
}

export class AccessHistory {
  /**
   * Three accesses per element, each as epoch, thread and number: the first of this epoch, one by another thread in it, and one by an earlier
   * group.
   */
  readonly #seen: Int32Array

  constructor(length: number) {
    this.#seen = new Int32Array(length * fields)
  }

  note(element: number, { epoch, thread, since, group }: Moment, number: number): void {
    const seen = this.#seen
    const i = element * fields
    const last = seen[i] as number
    if (last === epoch) {
      if (seen[i + 1] === thread || seen[i + 3] === epoch) return
      seen[i + 3] = epoch
      seen[i + 4] = thread
      seen[i + 5] = number
      return
    }
    if (last >= since && last < group) {
      seen[i + 6] = last
      seen[i + 7] = seen[i + 1] as number
      seen[i + 8] = seen[i + 2] as number
    }
    seen[i] = epoch
    seen[i + 1] = thread
    seen[i + 2] = number
  }

  /** The number of an earlier access that is concurrent with one made now; −1 if there is none. */
  concurrent(element: number, { epoch, thread, since, group }: Moment): number {
    const seen = this.#seen
    const i = element * fields
    const last = seen[i] as number
    if (last === epoch) {
      if (seen[i + 1] !== thread) return seen[i + 2] as number
      if (seen[i + 3] === epoch) return seen[i + 5] as number
    } else if (last >= since && last < group) return seen[i + 2] as number
    const before = seen[i + 6] as number
    return before >= since && before < group ? (seen[i + 8] as number) : -1
  }
}
