/** Where a dispatch that runs in parts may be cut: what all host code that launches it so has to keep to. */
import { elementsPerUnit, leastCommonMultiple } from '@qernel/dsl/internal'
import type { ArrayParameter, CompiledKernel, RowSplit } from './compiled-kernel.ts'
import { requiredOfSize } from './required-of-size.ts'

/** The fewest rows that a part may have, except for the last: it keeps to the facts about its size, and ends with whole words of every array. */
export function rowMultiple(
  { size, multipleOf, arrays: names }: RowSplit,
  { arrays, requires }: Pick<CompiledKernel, 'arrays' | 'requires'>,
): number {
  const units = arrays.filter(({ name }) => names.includes(name)).map(rowUnit)
  return [multipleOf, ...units].reduce(leastCommonMultiple, requiredOfSize(requires, size).multipleOf)
}

/** Rows of the first axis after which an array continues with a whole word: where there is another axis, every row begins with one. */
function rowUnit({ type, shape }: ArrayParameter): number {
  const [first] = shape
  const dividedBy = typeof first === 'object' ? first.dividedBy : 1
  return shape.length === 1 ? dividedBy * elementsPerUnit(type) : dividedBy
}
