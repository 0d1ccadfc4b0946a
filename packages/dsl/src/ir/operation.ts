/** What every scalar operation states. */
import type { Approximation } from './approximations.ts'
import type { ComputeType } from './types.ts'

/**
 * What a compiler that treats floats as real numbers may do with a float operation. Every operation must state it,
 * because passes rely on it.
 * - `rounds`: the result is rounded, and may be merged with its operands and its uses.
 * - `isolates`: may be merged with its operands; its result is rounded separately.
 * - `compares`: may be merged with its operands; the result is a boolean.
 * - `passes`: other operations may move across it.
 * - `bits`: the same bits under another type.
 * - `hides`: the result reveals nothing about its operands. Codes and integers, and functions of the bits.
 */
export type FloatRole = 'rounds' | 'isolates' | 'compares' | 'passes' | 'bits' | 'hides'

/** One row of the table of operations. */
export interface Operation {
  /** Operand types that are accepted: every operand has the same type, one of these, unless `operands` says otherwise. */
  readonly on: readonly ComputeType[]
  readonly arity: 1 | 2 | 3
  /** Result type; by default that of the operands. */
  readonly result?: ComputeType
  readonly floats: FloatRole
  /** Whether an f32 result is integral (or NaN, ±inf): always, or if all operands are. */
  readonly integral?: 'always' | 'inherited'
  /** Its meaning depends on a storage type, `to`. */
  readonly typed?: true
  readonly meaning: string
  /** Applied to values of operand type `type`; the caller has checked the types. Booleans are 0 and 1. */
  readonly evaluate: (type: ComputeType, a: number, b: number, c: number) => number
  /** Present if some devices do not round it correctly: the function that it approximates, and the error that each language allows. */
  readonly approximate?: Approximation
}
