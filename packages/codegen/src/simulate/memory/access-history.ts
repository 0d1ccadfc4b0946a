/**
 * Who touched each element of an array, as much of it as is needed to find a race: two threads of the current group, and one
 * of an earlier group. Time is counted in epochs, which begin with a dispatch, a group or a barrier and never end up equal, so
 * nothing has to be cleared: what is older than the dispatch does not count.
 */
const fields = 9

/** Who asks, and since when accesses are not ordered before it. */
export interface Moment {
  readonly thread: number
  /** Accesses of this epoch by other threads are concurrent. */
  readonly epoch: number
  /** Accesses from here up to `group` are those of other groups, all concurrent. */
  readonly since: number
  /** The epoch that the current group began with. */
  readonly group: number
}

export class AccessHistory {
  /** Three accesses per element, each an epoch, a thread and a number: the first and another of this epoch, then one of a group before. */
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

  /** The number of an access that is not ordered with one now; −1 where there is none. */
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
