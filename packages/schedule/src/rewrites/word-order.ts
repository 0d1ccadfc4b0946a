/** Values as u32 words whose unsigned order is the order of a reduction, so that an integer maximum is exact. */
import type { Expr, ReduceOperation } from '@qernel/dsl'
import { identityOf } from '@qernel/dsl/internal'

type Bits = 'bitcastU32' | 'bitcastI32' | 'bitcastF32' | 'not' | 'or' | 'xor' | 'select' | 'lt'
const op = (name: Bits, type: Expr['type'], ...args: Expr[]): Expr => ({ kind: 'op', type, op: name, args })
const word = (value: number): Expr => ({ kind: 'const', type: 'u32', value })
const sign = word(0x80000000)

/**
 * Floats are ordered by sign and magnitude: the bits of a negative one are inverted, those of a positive one get the
 * top bit. Floats that start at 0 and only grow need neither: their bits are already in order. A minimum is a maximum
 * of complements.
 */
export class WordOrder {
  readonly #op: ReduceOperation
  readonly #type: Expr['type']
  readonly #start: number | undefined
  constructor(reduce: ReduceOperation, type: Expr['type'], start: number | undefined) {
    this.#op = reduce
    this.#type = type
    this.#start = start
  }

  get #growsFromZero(): boolean {
    return this.#op === 'max' && this.#start === 0 && this.#type === 'f32'
  }

  /** The word of the initial value of the reduction. */
  start(): Expr {
    if (this.#growsFromZero) return word(0)
    return this.toWord({ kind: 'const', type: this.#type, value: this.#start ?? identityOf(this.#op, this.#type) })
  }

  toWord(value: Expr): Expr {
    if (this.#growsFromZero) return op('bitcastU32', 'u32', value)
    const ordered = this.#ordered(value)
    return this.#op === 'min' ? op('not', 'u32', ordered) : ordered
  }

  fromWord(stored: Expr): Expr {
    if (this.#growsFromZero) return op('bitcastF32', 'f32', stored)
    const ordered = this.#op === 'min' ? op('not', 'u32', stored) : stored
    if (this.#type === 'u32') return ordered
    if (this.#type === 'i32') return op('bitcastI32', 'i32', op('xor', 'u32', ordered, sign))
    const bits = op(
      'select',
      'u32',
      op('lt', 'bool', ordered, sign),
      op('not', 'u32', ordered),
      op('xor', 'u32', ordered, sign),
    )
    return op('bitcastF32', 'f32', bits)
  }

  #ordered(value: Expr): Expr {
    if (this.#type === 'u32') return value
    const bits = op('bitcastU32', 'u32', value)
    if (this.#type === 'i32') return op('xor', 'u32', bits, sign)
    const isNegative = op('lt', 'bool', op('bitcastI32', 'i32', value), { kind: 'const', type: 'i32', value: 0 })
    return op('select', 'u32', isNegative, op('not', 'u32', bits), op('or', 'u32', bits, sign))
  }
}
