/** Sizes for a self-test that reach beyond the groups, parts and tiles of the kernels. */
import { requiredOfSize } from '@qernel/codegen/internal'
import type { DropInContext } from './context.ts'
import { validSize } from './valid-size.ts'

/** The self-test tries sizes up to this in any case: fewer if there are many. */
const coveredOf = (sizes: readonly unknown[]): number => (sizes.length > 2 ? 33 : 256)
/** Longer ones take CPU loops too long. */
const longestTried = 4096

export interface GroupSizes {
  /** The size that reaches beyond a group. */
  readonly longest: string
  readonly sizes: ReadonlyMap<string, number>
}

/**
 * For each size that arrays or grids divide into groups: one more than the longest of them, beside other sizes that are as small as the scheduled kernels accept. The
 * size with the longest groups comes first.
 */
export function groupSizes({ compiled, kernel }: DropInContext): readonly GroupSizes[] {
  const extents = [
    ...compiled.arrays.flatMap(({ shape }) => shape),
    ...kernel.tensors.flatMap(({ dims }) => dims),
    ...compiled.launches.flatMap(({ grid }) => grid),
  ]
  const longestOf = (name: string): number =>
    Math.max(
      0,
      ...extents.flatMap(extent =>
        typeof extent === 'object' && extent.size === name && extent.dividedBy <= longestTried
          ? [extent.dividedBy]
          : [],
      ),
    )
  const smallest = compiled.sizes.map(({ name }) => [name, requiredOfSize(compiled.requires, name).multipleOf] as const)
  return compiled.sizes
    .map(({ name }) => ({ name, group: longestOf(name) }))
    .filter(({ group }) => group > coveredOf(compiled.sizes))
    .sort((a, b) => b.group - a.group)
    .map(({ name, group }) => ({
      longest: name,
      sizes: new Map([
        ...smallest.map(([other, multiple]): [string, number] => [other, 2 * multiple]),
        [name, validSize(group + 1, requiredOfSize(compiled.requires, name))],
      ]),
    }))
}
