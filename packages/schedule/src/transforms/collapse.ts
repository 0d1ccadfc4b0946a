import { type Affine, affine, type Extent, kindOf, type Loop, type LoopId, type Nest } from '@qernel/dsl'
import { affinesOf, flatMap } from '@qernel/dsl/internal'
import * as v from 'valibot'
import { areOrderedAlike } from '../legality/iterations.ts'
import { type Refusal, refuse } from '../legality/refusal.ts'
import { constantExtent } from '../nest/guards.ts'
import { leavesOf, mapLeaf, mapLeaves, pathTo, replaceLoopIn } from '../nest/statements.ts'
import { loopsNamed } from '../rewrites/loop-selection.ts'
import { overshoot } from '../rewrites/splitting.ts'
import { loopName } from '../steps/parameters.ts'
import { defineTransform } from '../steps/transform.ts'

/**
 * Merges a loop and the loop directly inside it (also called loop coalescing): the opposite of `split`. The merged loop keeps the
 * outer name. The two loops must always be used as one index, outer · n + inner, and both must run the same way:
 * serial, on the grid, or in the block.
 *
 *     block.y a in 4                 block.x a in 64
 *       block.x b in 16       →        q[64·d + a] = …
 *         q[64·d + 16·a + b] = …
 */
export const collapse = defineTransform({
  name: 'collapse',
  summary: 'merges a loop and the loop directly inside it that together walk one index',
  parameters: v.strictObject({ loop: loopName() }),
  numerics: 'exact',
  example:
    'split(loop=d,by=64,inner=a) split(loop=a,by=16,inner=b) bind(t=grid.y,d=grid.x,a=block.y,b=block.x) collapse(loop=a)',
  apply(nest, { loop: name }, context): Nest | Refusal {
    const paths = loopsNamed(nest, name, context)
    if (!Array.isArray(paths)) return paths
    let next = nest
    for (const found of paths) {
      const outer = pathTo(next, found.loop.id)?.loop
      // In fused stages a loop may be inside another of the same name, which has already absorbed it.
      if (outer === undefined) continue
      const [inner] = outer.body
      if (outer.body.length !== 1 || inner?.kind !== 'loop')
        return refuse('not-nested', `${name} does not contain exactly one loop and nothing else`, [outer.id])
      const result = collapsed(next, outer, inner)
      if ('refused' in result) return result
      next = result
    }
    return next
  },
})

function collapsed(nest: Nest, outer: Loop, inner: Loop): Nest | Refusal {
  const both = [outer.id, inner.id]
  const [kind, other] = [kindOf(outer.mode), kindOf(inner.mode)]
  if (kind !== other || kind === 'vector' || outer.combine !== undefined || inner.combine !== undefined)
    return refuse('already-bound', `${outer.name} is ${outer.mode} and ${inner.name} is ${inner.mode}`, both)
  if (!areOrderedAlike(outer, inner))
    return refuse(
      'not-parallel',
      outer.ordered === inner.ordered
        ? `one of ${outer.name} and ${inner.name} is a reduction, the other is not`
        : `one of ${outer.name} and ${inner.name} must run in order, the other need not`,
      both,
    )
  const kept = [...nest.buffers.values()].find(buffer => buffer.scope === outer.id)
  if (kept !== undefined) return refuse('not-nested', `${kept.name} must live through all of ${inner.name}`, both)
  const count = constantExtent(nest, inner.extent)
  const extent = count === undefined || count === 0 ? undefined : multiplied(nest, outer.extent, count)
  if (count === undefined || extent === undefined)
    return refuse(
      'not-constant',
      `${affine.printExtent(outer.extent)} times ${affine.printExtent(inner.extent)} iterations are more than a loop can have`,
      both,
    )
  const apart = flatMap(leavesOf(inner.body), ({ leaf }) => [
    ...leaf.index,
    ...leaf.where.map(guard => guard.index),
    ...affinesOf(leaf.value),
  ]).some(a => affine.coefficient(a, outer.id) !== count * affine.coefficient(a, inner.id))
  if (apart) return refuse('accesses-differ', `${outer.name} and ${inner.name} do not together walk one index`, both)
  const together = (a: Affine): Affine => {
    const step = affine.coefficient(a, inner.id)
    const rest = affine.part(a, id => id !== outer.id && id !== inner.id)
    return affine.add({ ...rest, constant: a.constant }, affine.scale(affine.variable(outer.id), step))
  }
  const made: Loop = {
    ...outer,
    mode: inner.mode,
    extent,
    body: mapLeaves(inner.body, leaf => mapLeaf(leaf, together)),
  }
  const scopeOf = (scope: LoopId | undefined) => (scope === inner.id ? { scope: outer.id } : {})
  const buffers = new Map([...nest.buffers].map(([key, b]) => [key, { ...b, ...scopeOf(b.scope) }]))
  const next = { ...replaceLoopIn(nest, outer.id, () => [made]), buffers }
  // If the inner loop does not divide the size, iterations past the end disappear, so guards must have masked them.
  return (typeof extent === 'number' ? undefined : overshoot(next, made, count)) ?? next
}

/** `extent · by`: for a size divided into parts, fewer parts; undefined if the result is not an extent. */
function multiplied(nest: Nest, extent: Extent, by: number): Extent | undefined {
  if (typeof extent === 'number') return extent * by
  const { size, dividedBy } = extent
  if (dividedBy % by === 0) return { size, dividedBy: dividedBy / by }
  const known = constantExtent(nest, extent)
  return known === undefined || known === 0 ? undefined : known * by
}
