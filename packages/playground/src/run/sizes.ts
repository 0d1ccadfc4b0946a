/** The sizes at which kernels are checked and measured. */
import { affine, type Nest } from '@qernel/dsl'
import { usualSizes } from '@qernel/schedule/internal'
import { countingSizes } from '../engine/counted.ts'

type Sizes = ReadonlyMap<string, number>

/** No multiple of any tile, and soon computed by the interpreter. */
const usualForChecks = 67

export const checkSizes = (nest: Nest): Sizes => usualSizes(nest, new Map(), usualForChecks)

/** The fewest bytes that a kernel moves: each input and each output once. */
export const fewestBytes = ({ kernel }: Nest, sizes: Sizes): number =>
  kernel.tensors.reduce((sum, { role, type, dims }) => {
    const elements = dims.reduce<number>((product, dim) => product * affine.extentValue(dim, sizes), 1)
    return role === 'temporary' || role === 'local' ? sum : sum + (elements * type.bits) / 8
  }, 0)

/**
 * Sizes at which about as many bytes are moved as wanted: those of the page, of which the first open one that the page does not give is doubled or halved.
 *
 * @param most bytes that one array may have
 */
export function measuredSizes(nest: Nest, at: Readonly<Record<string, number>>, wanted: number, most: number): Sizes {
  const sizes = new Map(countingSizes(nest, at))
  const open = nest.kernel.sizes.find(({ name }) => !nest.fixed.has(name) && at[name] === undefined)
  if (open === undefined) return sizes
  const { multipleOf = 1, atMost = Number.POSITIVE_INFINITY } = open.facts
  const assumed = nest.assumptions.flatMap(({ size, multipleOf }) => (size === open.name ? [multipleOf] : []))
  const isAllowed = (value: number): boolean =>
    value >= 1 && value <= atMost && [multipleOf, ...assumed].every(multiple => value % multiple === 0)
  for (const [change, isEnough] of [
    [2, (bytes: number) => bytes >= wanted],
    [1 / 2, (bytes: number) => bytes <= wanted],
  ] as const)
    for (;;) {
      const next = (sizes.get(open.name) ?? 1) * change
      if (isEnough(fewestBytes(nest, sizes)) || !isAllowed(next)) break
      const changed = new Map(sizes).set(open.name, next)
      if (change > 1 && fewestBytes(nest, changed) > most) break
      sizes.set(open.name, next)
    }
  return sizes
}
