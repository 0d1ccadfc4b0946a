/** Runs one workgroup. Threads run in random order, each until it has to wait for others. */

import type { Code, Waiting, WaitingPoint } from './compile/compile-statement.ts'
import type { ThreadAccess } from './findings/finding.ts'
import { accessAt, coordinates, type RunningFunction, type Site } from './findings/site.ts'
import type { AccessTracker } from './memory/access-tracker.ts'
import type { RandomOrder } from './random-order.ts'

/** A function that is ready to run. */
export interface Executable {
  readonly running: RunningFunction
  readonly code: Code
  /** Frame elements per thread; 0 if all threads may use the same frame one after the other. */
  readonly frameSize: number
  readonly subgroupSize: number
  readonly tracker: AccessTracker
  /** The site of threads that have left the function. */
  readonly end: Site
}

/** Runs all threads of one workgroup. `threads` are their linear indices, in any order. */
export function runGroup(executable: Executable, group: number, threads: Int32Array, order: RandomOrder): void {
  const { code, running, frameSize, tracker } = executable
  const { workgroup, frame } = running
  const enter = (thread: number): number => {
    const at = thread * frameSize
    const [x, y, z] = coordinates(thread, workgroup)
    frame[at] = x
    frame[at + 1] = y
    frame[at + 2] = z
    tracker.thread = group * threads.length + thread
    return at
  }
  order.shuffle(threads)
  if (!code.waits) {
    for (const thread of threads) code.run(enter(thread))
    return
  }
  const paths: Waiting[] = []
  for (const thread of threads) paths[thread] = code.run(enter(thread))
  new WaitingGroup(executable, group, paths).run(threads, order)
}

class WaitingGroup {
  readonly #executable: Executable
  /** The number of the first thread of the group in the dispatch. */
  readonly #first: number
  readonly #paths: readonly Waiting[]
  /** Where each thread waits; undefined if it has ended. */
  readonly #points: (WaitingPoint | undefined)[]

  constructor(executable: Executable, group: number, paths: readonly Waiting[]) {
    this.#executable = executable
    this.#first = group * paths.length
    this.#paths = paths
    this.#points = paths.map(() => undefined)
  }

  run(threads: Int32Array, order: RandomOrder): void {
    let ready: Int32Array | number[] = threads
    while (ready.length > 0) {
      for (const thread of order.shuffle(ready)) this.#advance(thread)
      ready = this.#exchange()
      if (ready.length === 0) ready = this.#passBarrier()
    }
  }

  #advance(thread: number): void {
    this.#executable.tracker.thread = this.#first + thread
    const { done, value } = (this.#paths[thread] as Waiting).next()
    this.#points[thread] = done ? undefined : (value as WaitingPoint)
  }

  /** Performs the shuffles of subgroups whose threads have all reached the same one. @returns the threads that may go on */
  #exchange(): number[] {
    const { subgroupSize } = this.#executable
    const count = this.#points.length
    const released: number[] = []
    for (let first = 0; first < count; first += subgroupSize) {
      const last = Math.min(first + subgroupSize, count)
      const point = this.#points[first]
      if (point?.kind !== 'shuffle') continue
      let together = true
      for (let thread = first; thread < last; thread++) together &&= this.#points[thread] === point
      if (together) this.#swap(point, first, last, released)
    }
    return released
  }

  #swap(point: WaitingPoint & { kind: 'shuffle' }, first: number, last: number, released: number[]): void {
    const { running, frameSize, tracker } = this.#executable
    const { frame } = running
    for (let thread = first; thread < last; thread++) {
      const at = thread * frameSize
      const offset = frame[at + point.offset] as number
      const other = first + ((thread - first) ^ offset)
      if (other >= last)
        tracker.log.add('divergent-shuffle', point.site, this.#first + thread, at, () => ({
          message: `lane ${thread - first} of a subgroup of ${last - first} takes the value of lane ${other - first}, which does not exist`,
        }))
      const source = (other >= last ? thread : other) * frameSize
      for (let lane = 0; lane < point.lanes; lane++)
        frame[at + point.to + lane] = frame[source + point.from + lane] as number
      released.push(thread)
    }
  }

  /** Lets waiting threads pass their barrier, and reports a fault unless all threads wait at the same one. @returns the threads that go on */
  #passBarrier(): number[] {
    const stopped: number[] = []
    const ended: number[] = []
    for (const [thread, point] of this.#points.entries()) (point === undefined ? ended : stopped).push(thread)
    if (stopped.length === 0) return []
    this.#checkTogether(stopped, ended)
    this.#executable.tracker.passBarrier()
    return stopped
  }

  #checkTogether(stopped: readonly number[], ended: readonly number[]): void {
    const one = stopped[0] as number
    const point = this.#points[one] as WaitingPoint
    const other = stopped.find(thread => this.#points[thread] !== point) ?? ended[0]
    if (other === undefined && point.kind === 'barrier') return
    const { tracker, end } = this.#executable
    const elsewhere = other === undefined ? point.site : (this.#points[other]?.site ?? end)
    const atShuffle = point.kind === 'shuffle' || elsewhere.kind === 'shuffle'
    const together = stopped.filter(thread => this.#points[thread] === point).length
    const missing =
      elsewhere === end ? 'another never reaches: it has ended' : 'another does not reach: it waits elsewhere'
    tracker.log.addOnce(
      atShuffle ? 'divergent-shuffle' : 'divergent-barrier',
      `${point.site.id} ${elsewhere.id}`,
      () => ({
        message: atShuffle
          ? 'not all threads of a subgroup reach a shuffle together'
          : `${together} of ${this.#points.length} threads of a workgroup wait at a barrier that ${missing}`,
        accesses: [this.#accessOf(one, point.site), ...(other === undefined ? [] : [this.#accessOf(other, elsewhere)])],
      }),
    )
  }

  #accessOf(thread: number, site: Site): ThreadAccess {
    return accessAt(site, this.#first + thread, thread * this.#executable.frameSize)
  }
}
