/** Sizes for a self-test at which launches run in parts. */
import { evaluateExtent, requiredOfSize } from '@qernel/codegen/internal'
import { largestSize } from '@qernel/dsl/internal'
import { gridParts } from '../launch/grid-parts.ts'
import type { DropInContext } from './context.ts'

/** The most elements of an array: 64 MiB of floats, which CPU loops process in less than a second. */
const mostElements = 2 ** 24

/**
 * For each size along which launches run in parts, sizes for one test: that size a little above the longest part, the others as small as the
 * scheduled kernels accept.
 */
export function partSizes({ compiled, printed }: DropInContext): ReadonlyMap<string, number>[] {
  const { requires, arrays, sizes } = compiled
  const multipleOf = (name: string): number => requiredOfSize(requires, name).multipleOf
  const most = (name: string): number => Math.min(largestSize, requiredOfSize(requires, name).atMost)
  const smallest = sizes.map(({ name }) => [name, multipleOf(name)] as const)
  const isSmall = (tried: ReadonlyMap<string, number>): boolean =>
    [...tried].every(([name, value]) => value <= most(name)) &&
    arrays.every(({ shape }) => {
      const extents = shape.map(extent => evaluateExtent(extent, Object.fromEntries(tried)))
      return extents.reduce((count, extent) => count * extent, 1) <= mostElements
    })
  const longest = new Map<string, ReadonlyMap<string, number>>()
  const parts = printed.launches.flatMap(launch => gridParts(launch, printed) ?? [])
  for (const { size, rows } of parts.sort((a, b) => a.rows - b.rows)) {
    const tried = new Map([...smallest, [size, rows + 5 * multipleOf(size)]])
    if (isSmall(tried)) longest.set(size, tried)
  }
  return [...longest.values()]
}
