import type { Expr } from '../ir/ir.ts'
import { type ComputeType, integerRange, type StorageType } from '../ir/types.ts'
import { DefinitionError, here } from './definition-error.ts'
import { constantExpr, Value } from './value.ts'

/** The integers of a compute type. */
const ranges = { i32: [-(2 ** 31), 2 ** 31 - 1], u32: [0, 2 ** 32 - 1] } as const

/**
 * A number as a value, for use on the left of an operation: `constant(2).div(x)`. An f32 constant is rounded to binary32; a plain number that
 * is an operand needs no `constant`.
 *
 * @throws DefinitionError for a number that the requested integer type cannot hold
 */
export function constant(value: number, type: Exclude<ComputeType, 'bool'> = 'f32'): Value {
  if (type !== 'f32') {
    const [low, high] = ranges[type]
    if (!Number.isInteger(value) || value < low || value > high)
      throw new DefinitionError(`${here()}: constant(${value}, '${type}') needs an integer from ${low} to ${high}`)
  }
  return new Value(constantExpr(value, type))
}

/**
 * A number as the value of an element.
 *
 * @throws DefinitionError for a number that the integer type cannot hold, or that is beyond f32
 */
export function storedNumber(value: number, type: StorageType): Expr {
  if (type.kind !== 'float') {
    const { low, high } = integerRange(type)
    if (!(Number.isInteger(value) && value >= low && value <= high))
      throw new DefinitionError(
        `${here()}: its value is the number ${value}; ${type.name} holds whole numbers from ${low} to ${high}`,
      )
  }
  return constantExpr(value, type.compute)
}
