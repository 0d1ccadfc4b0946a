/** The places where a dispatch may be cut into parts. All host code that launches in parts has to follow them. */
import { elementsPerUnit, leastCommonMultiple } from '@qernel/dsl/internal'
import type { ArrayParameter, CompiledKernel, RowSplit } from './compiled-kernel.ts'
import { requiredOfSize } from './required-of-size.ts'

/**
 * The number of rows of every part except the last must be a multiple of this. Parts then satisfy the facts about the size, and end at whole
 * words of every array.
 */
export function rowMultiple(
  { size, multipleOf, arrays: names }: RowSplit,
  { arrays, requires }: Pick<CompiledKernel, 'arrays' | 'requires'>,
): number {
  const units = arrays.filter(({ name }) => names.includes(name)).map(rowUnit)
  return [multipleOf, ...units].reduce(leastCommonMultiple, requiredOfSize(requires, size).multipleOf)
}

/** An array continues at a word boundary after a multiple of this many rows of the first axis. With several axes, every row begins at one. */
function rowUnit({ type, shape }: ArrayParameter): number {
  const [first] = shape
  const dividedBy = typeof first === 'object' ? first.dividedBy : 1
  return shape.length === 1 ? dividedBy * elementsPerUnit(type) : dividedBy
}
