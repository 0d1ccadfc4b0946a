import type { FindingLog } from '../findings/finding-log.ts'
import { accessAt, type Site } from '../findings/site.ts'
import { AccessHistory, type Moment } from './access-history.ts'
import { type ArrayMemory, elementName, scalarCount } from './array-memory.ts'

/**
 * Records accesses to memory that some thread writes, and reports those that nothing orders. A barrier orders shared memory
 * only: if one thread of a dispatch writes an element of global memory, no other thread may access it.
 */
export class AccessTracker {
  readonly log: FindingLog
  /** The number of the running thread in the dispatch. */
  thread = 0
  #epoch = 0
  #dispatch = 0
  #group = 0
  /** The number of accesses so far. Each access gets the same number in every run with the same seed. */
  #count = 0
  readonly #now = { thread: 0, epoch: 0, since: 0, group: 0 }

  constructor(log: FindingLog) {
    this.log = log
  }

  beginDispatch(): void {
    this.#dispatch = ++this.#epoch
  }

  beginGroup(): void {
    this.#group = ++this.#epoch
  }

  passBarrier(): void {
    this.#epoch++
  }

  read(memory: ArrayMemory, element: number, site: Site, at: number): void {
    const now = this.#at(memory, site, at)
    memory.readers ??= new AccessHistory(scalarCount(memory))
    memory.readers.note(element, now, this.#count)
    this.#check(memory, memory.writers, element, site, at)
    if (memory.atomics !== undefined) this.#check(memory, memory.atomics, element, site, at)
    if (memory.written?.[element] === 0)
      this.log.add('uninitialised', site, this.thread, at, () => ({
        message: `${elementName(memory, element)} is read, but nothing has written it`,
        array: memory.name,
        element,
      }))
  }

  write(memory: ArrayMemory, element: number, site: Site, at: number): void {
    const now = this.#at(memory, site, at)
    this.#check(memory, memory.readers, element, site, at)
    this.#check(memory, memory.writers, element, site, at)
    if (memory.atomics !== undefined) this.#check(memory, memory.atomics, element, site, at)
    memory.writers ??= new AccessHistory(scalarCount(memory))
    memory.writers.note(element, now, this.#count)
    if (memory.written !== undefined) memory.written[element] = 1
  }

  /** An atomic change. It races with everything except other atomic changes. */
  change(memory: ArrayMemory, element: number, site: Site, at: number): void {
    const now = this.#at(memory, site, at)
    this.#check(memory, memory.readers, element, site, at)
    this.#check(memory, memory.writers, element, site, at)
    memory.atomics ??= new AccessHistory(scalarCount(memory))
    memory.atomics.note(element, now, this.#count)
    if (memory.written?.[element] === 0)
      this.log.add('uninitialised', site, this.thread, at, () => ({
        message: `${elementName(memory, element)} is changed atomically, but nothing has written it before`,
        array: memory.name,
        element,
      }))
    if (memory.written !== undefined) memory.written[element] = 1
  }

  #at(memory: ArrayMemory, site: Site, at: number): Moment {
    this.#count++
    if (this.log.isLookUp) this.log.observe(this.#count, site, this.thread, at)
    const now = this.#now
    now.thread = this.thread
    now.group = this.#group
    if (memory.memory === 'shared') {
      now.epoch = this.#epoch
      now.since = this.#group
    } else {
      now.epoch = this.#group
      now.since = this.#dispatch
    }
    return now
  }

  #check(memory: ArrayMemory, others: AccessHistory | undefined, element: number, site: Site, at: number): void {
    const earlier = others?.concurrent(element, this.#now) ?? -1
    if (earlier < 0) return
    const thread = this.thread
    const what =
      others === memory.readers
        ? 'read by one thread and written by another'
        : site.kind === 'read'
          ? 'written by one thread and read by another'
          : 'written by two threads'
    this.log.addOnce(
      'race',
      `${site.id} ${memory.name} ${what}`,
      () => ({
        message: `${elementName(memory, element)} is ${what}; ${
          memory.memory === 'shared' ? 'no barrier separates them' : 'nothing orders threads in global memory'
        }`,
        array: memory.name,
        element,
        accesses: [accessAt(site, thread, at)],
      }),
      earlier,
    )
  }
}
