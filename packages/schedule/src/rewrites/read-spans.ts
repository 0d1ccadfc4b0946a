/** The elements of a tensor that the loads below a loop read. */
import {
  type Affine,
  affine,
  type Buffer,
  type Expr,
  type Extent,
  isAffine,
  type Loop,
  type Nest,
  type Subscript,
} from '@qernel/dsl'
import { type Refusal, refuse } from '../legality/refusal.ts'
import { constantExtent } from '../nest/guards.ts'
import type { LeafPath } from '../nest/statements.ts'

/** The elements of one dimension that are read below a loop: `base … base + count − 1`. */
export interface Span {
  readonly base: Affine
  readonly count: number
  /** Whether the copy has this dimension: more than one element of it is read, or an index from the data. */
  readonly isKept: boolean
}

export interface Read extends LeafPath {
  readonly load: Expr & { readonly kind: 'load' }
}

/**
 * The elements of one dimension: the range that all loads read, or all of it where an index depends on the data.
 *
 * @param outside the loops around the statements that read; the copy is made in the last one
 */
export function spanOf(
  nest: Nest,
  source: Buffer,
  dimension: number,
  reads: readonly Read[],
  outside: readonly Loop[],
): Span | Refusal {
  const at = outside.at(-1) as Loop
  const ids = new Set(outside.map(l => l.id))
  const subscripts = reads.map(({ load, around }) => ({ at: load.index[dimension] as Subscript, around }))
  const isWhole = subscripts.some(({ at: s }) => !isAffine(s))
  if (isWhole) {
    const count = constantExtent(nest, source.dims[dimension] as Extent)
    if (count === 0) return refuse('accesses-differ', `${source.name} has no elements to copy`, [at.id])
    const size = affine.printExtent(source.dims[dimension] as Extent)
    return count === undefined
      ? refuse(
          'not-constant',
          `${source.name} is read at an index that depends on the data, so all ${size} elements of that dimension would be copied, a number known only at launch: fix it at compile time`,
          [at.id],
        )
      : { base: affine.constant(0), count, isKept: true }
  }
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let base: Affine | undefined
  for (const { at: s, around } of subscripts as { at: Affine; around: readonly Loop[] }[]) {
    const outer = { ...affine.part(s, id => ids.has(id)), constant: 0 }
    if (base !== undefined && !affine.equals(outer, base))
      return refuse('accesses-differ', `${source.name} is read at different places inside ${at.name}`, [at.id])
    base = outer
    let [from, to] = [s.constant, s.constant]
    for (const [id, c] of s.terms) {
      if (ids.has(id)) continue
      const loop = around.find(l => l.id === id) as Loop
      const extent = constantExtent(nest, loop.extent)
      if (extent === undefined)
        return refuse(
          'not-constant',
          `the copy of ${source.name} would have as many elements as ${loop.name} has iterations, which is known only at launch`,
          [loop.id],
          [`at=${loop.name}`],
        )
      const furthest = c * Math.max(0, extent - 1)
      from += Math.min(0, furthest)
      to += Math.max(0, furthest)
    }
    low = Math.min(low, from)
    high = Math.max(high, to)
  }
  // Iterations past the end of a loop read nothing, but the copy would: backwards, that is before the first element.
  if (low + fewest(nest, base as Affine, outside) < 0)
    return refuse('accesses-differ', `${source.name} is read before its first element in some iterations`, [at.id])
  const count = high - low + 1
  return { base: affine.add(base as Affine, affine.constant(low)), count, isKept: count > 1 }
}

/** The least value of an index: minus infinity if it goes backwards for as long as a size that only the launch knows. */
const fewest = (nest: Nest, { terms }: Affine, around: readonly Loop[]): number =>
  [...terms].reduce((least, [id, c]) => {
    if (c >= 0) return least
    const extent = constantExtent(nest, (around.find(l => l.id === id) as Loop).extent) ?? Number.POSITIVE_INFINITY
    return least + c * Math.max(0, extent - 1)
  }, 0)
