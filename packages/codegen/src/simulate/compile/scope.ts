import type { DeviceType } from '../../program/device-type.ts'

/** A local name and its place in a thread's frame. */
export interface Local {
  readonly slot: number
  readonly type: DeviceType
  /** Elements of a private array; 1 for a value. */
  readonly length: number
  /** Whether it is declared without a value, so that reads have to be checked. */
  readonly startsEmpty: boolean
}

/** The content of a frame element before its first write. No device type has this value. */
export const empty = 2 ** 1000

/** The names that are visible in a block. */
export class Scope {
  readonly #names = new Map<string, Local>()
  readonly #outer: Scope | undefined
  readonly #slots: { next: number }

  constructor(outer?: Scope, firstSlot = 0) {
    this.#outer = outer
    this.#slots = outer === undefined ? { next: firstSlot } : outer.#slots
  }

  declare(name: string, type: DeviceType, options: { length?: number; startsEmpty?: boolean } = {}): Local {
    if (this.#names.has(name)) throw new Error(`${name} is declared twice in one block`)
    const { length = 1, startsEmpty = false } = options
    const local: Local = { slot: this.#slots.next, type, length, startsEmpty }
    this.#slots.next += length * type.lanes
    this.#names.set(name, local)
    return local
  }

  find(name: string): Local | undefined {
    return this.#names.get(name) ?? this.#outer?.find(name)
  }

  /** Frame elements used so far, by this block and all others of the function. */
  get size(): number {
    return this.#slots.next
  }
}
