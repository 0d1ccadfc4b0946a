/** The values of loop variables at a place of the program. */
import type { LoopId } from '@qernel/dsl'
import type { DeviceExpr } from '../program/device-program.ts'

/** A number known at compile time, or an expression; `thread` tells whether that is the thread's place in the grid or the block. */
export type LoopValue = number | { readonly value: DeviceExpr; readonly thread: boolean }

/** The loops around a place with their values, innermost first: an immutable list that places further inside extend. */
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

  /** The same values with one more loop, or with a new value for a loop. */
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
