import { type Affine, affine, type Extent, type Guard, type Nest } from '@qernel/dsl'
import { constantExtent } from '../nest/guards.ts'

/**
 * Whether a guard g < b holds wherever an index is in bounds. For a subscript a = c · g + rest with a < n and nothing
 * negative in the rest, g < (n − rest)/c.
 */
export function isImpliedByBounds(
  nest: Nest,
  index: readonly Affine[],
  dims: readonly Extent[],
  { index: g, below }: Guard,
): boolean {
  const [first] = g.terms
  if (first === undefined) return false
  return index.some((a, dimension) => {
    const c = affine.coefficient(a, first[0]) / first[1]
    if (!Number.isInteger(c) || c < 1) return false
    const rest = affine.add(a, affine.scale(g, -c))
    if ([...rest.terms.values()].some(n => n < 0)) return false
    const dim = dims[dimension] as Extent
    const [length, bound] = [dim, below].map(extent => constantExtent(nest, extent))
    if (length !== undefined && bound !== undefined) return Math.ceil((length - rest.constant) / c) <= bound
    if (typeof dim === 'number' || typeof below === 'number' || dim.size !== below.size) return false
    // The length also includes the bytes of a record in front of a field.
    const added = (dim.plus ?? 0) - rest.constant
    return added <= 0 && dim.dividedBy * c === below.dividedBy * (dim.times ?? 1)
  })
}
