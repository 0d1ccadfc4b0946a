/** What loop variables are at a place of the program. */
import type { LoopId } from '@qernel/dsl'
import type { DeviceExpr } from '../program/device-program.ts'

/** A value that is counted out, or an expression; `thread` where it is the thread's place in the grid or the block. */
export type LoopValue = number | { readonly value: DeviceExpr; readonly thread: boolean }

/** The loops around a place with their values, the innermost first: a list that the places inside go on from. */
export class LoopValues {
  static readonly none = new LoopValues(undefined, -1, 0)
  readonly #outer: LoopValues | undefined
  readonly #id: LoopId
  readonly #value: LoopValue

  private constructor(outer: LoopValues | undefined, id: LoopId, value: LoopValue) {
    this.#outer = outer
    this.#id = id
    this.#value = value
  }

  /** The same with one loop more, or with another value for it. */
  with(id: LoopId, value: LoopValue): LoopValues {
    return new LoopValues(this, id, value)
  }

  get(id: LoopId): LoopValue | undefined {
    let at: LoopValues | undefined = this
    while (at.#outer !== undefined) {
      if (at.#id === id) return at.#value
      at = at.#outer
    }
    return undefined
  }

  has(id: LoopId): boolean {
    return this.get(id) !== undefined
  }
}
