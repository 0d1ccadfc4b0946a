import { type Assumption, affine, type Nest } from '@qernel/dsl'
import { flatMap, greatestCommonDivisor } from '@qernel/dsl/internal'
import * as v from 'valibot'
import { type Refusal, refuse } from '../legality/refusal.ts'
import { constantExtent, isMultiple } from '../nest/guards.ts'
import { isMeant, leavesOf } from '../nest/statements.ts'
import { nearestFirst } from '../rewrites/loop-selection.ts'
import { peel } from '../rewrites/peeling.ts'
import { peelWorkgroups } from '../rewrites/peeling-workgroups.ts'
import { axesOf, choice, factor } from '../steps/parameters.ts'
import { defineTransform } from '../steps/transform.ts'

/**
 * Says what happens where tiles and vectors do not divide an axis evenly. `mask`, the default, guards every element and is right for any
 * size. `assume` promises that the size is a multiple (by default of the width of the vector, otherwise of the tile). Every launch checks
 * the promise; in return accesses are wide, and guards that the promise decides disappear. `peel` writes the work of a thread
 * twice, without guards where all its copies and lanes are inside, and masked for the rest; it is right for any size. Use it
 * after `vectorize`, `coarsen` and `unroll`. With `by=workgroup` it writes the work of a workgroup twice, so that whatever its threads
 * do together, such as adding up what they have, stands in both versions; use it last.
 *
 *     q[64·d + 4·d_in + d_vec] = …   if 64·d + 4·d_in + d_vec < D
 *     → q[64·d + 4·d_in + d_vec] = …   if 64·d + 4·d_in < D            (d=assume; D % 4 = 0 is checked at launch)
 *     → q[64·d + 4·d_in + d_vec] = …   if 64·d + 4·d_in + 3 < D        (d=peel)
 *       q[64·d + 4·d_in + d_vec] = …   if 64·d + 4·d_in + 3 ≥ D and 64·d + 4·d_in + d_vec < D
 *     → q[64·d + 4·d_in + d_vec] = …   if 64·d + 63 < D                (d=peel, by=workgroup)
 *       q[64·d + 4·d_in + d_vec] = …   if 64·d + 63 ≥ D and 64·d + 4·d_in + d_vec < D
 */
export const predicate = defineTransform({
  name: 'predicate',
  summary:
    'handles sizes that do not divide evenly: `mask` guards every element, `assume` checks divisibility at launch, `peel` guards only the tail',
  parameters: v.objectWithRest(
    { multiple: v.optional(factor([2, 4, 8, 16])), by: v.optional(choice(['thread', 'workgroup'])) },
    choice(['mask', 'assume', 'peel']),
  ),
  numerics: 'exact',
  example: 'tile(t=16,d=64) vectorize(d=4) predicate(d=assume)',
  apply(nest, args, context): Nest | Refusal {
    const axes = axesOf<'mask' | 'assume' | 'peel'>(args, ['multiple', 'by'])
    if (axes.length === 0) return refuse('bad-argument', 'no axis is named; write predicate(d=assume)')
    if (args.by !== undefined && axes.every(([, how]) => how !== 'peel'))
      return refuse(
        'bad-argument',
        `by=${args.by} says whose work is peeled, but no axis is; write peel, or leave out by`,
      )
    let next = nest
    for (const [axis, how] of axes) {
      const result =
        how === 'peel'
          ? (args.by === 'workgroup' ? peelWorkgroups : peel)(next, axis, context.stage)
          : how === 'assume'
            ? assume(next, axis, args.multiple, context.stage)
            : mask(next, axis, context.stage)
      if ('refused' in result) return result
      next = result
    }
    return next
  },
})

function mask(nest: Nest, axis: string, stage: string | undefined): Nest | Refusal {
  const sizes = sizesOf(nest, axis, stage)
  if (sizes.size === 0) return refuse('no-such-loop', `there is no axis ${axis} with a size`, [], axisNames(nest, axis))
  return { ...nest, assumptions: nest.assumptions.filter(a => !sizes.has(a.size)) }
}

function assume(nest: Nest, axis: string, multiple: number | undefined, stage: string | undefined): Nest | Refusal {
  const sizes = sizesOf(nest, axis, stage)
  if (sizes.size === 0) return refuse('no-such-loop', `there is no axis ${axis} with a size`, [], axisNames(nest, axis))
  const assumptions: Assumption[] = []
  for (const [size, found] of sizes) {
    const of = multiple ?? (found.vector > 1 ? found.vector : found.tile)
    if (of === 1)
      return refuse(
        'bad-argument',
        `${axis} is neither vectorized nor tiled, so nothing depends on a multiple of ${size}; split it first or write multiple=4`,
      )
    const fixed = nest.fixed.get(size)
    if (fixed !== undefined && fixed % of !== 0)
      return refuse(
        'does-not-divide',
        `${size} is fixed to ${fixed}, which is not a multiple of ${of}`,
        [],
        [`predicate(${axis}=mask)`],
      )
    if (!isMultiple(nest, { size, dividedBy: 1 }, of))
      assumptions.push({ size, multipleOf: of, because: `predicate(${axis}=assume)` })
  }
  return { ...nest, assumptions: [...nest.assumptions, ...assumptions] }
}

/** The sizes that bound an axis, with the parts that they are divided into: the widest vector, and the tile of the outermost loop. */
function sizesOf(nest: Nest, axis: string, stage: string | undefined): Map<string, { vector: number; tile: number }> {
  const sizes = new Map<string, { vector: number; tile: number }>()
  for (const { leaf, around } of leavesOf(nest.body))
    for (const guard of leaf.where) {
      if (guard.axis !== axis || typeof guard.below === 'number') continue
      if (!isMeant(leaf, stage)) continue
      const { dividedBy, times = 1 } = guard.below
      const multiple = (of: number) => (dividedBy * of) / greatestCommonDivisor(of, times)
      const known = sizes.get(guard.below.size) ?? { vector: 1, tile: 1 }
      for (const loop of around) {
        const c = affine.coefficient(guard.index, loop.id)
        if (c === 0) continue
        if (loop.mode === 'vector')
          known.vector = Math.max(known.vector, multiple(c * (constantExtent(nest, loop.extent) ?? 1)))
        else known.tile = Math.max(known.tile, multiple(c))
      }
      sizes.set(guard.below.size, known)
    }
  return sizes
}

const axisNames = (nest: Nest, written: string): string[] =>
  nearestFirst(written, [
    ...new Set(
      flatMap(leavesOf(nest.body), ({ leaf }) =>
        flatMap(leaf.where, guard => (typeof guard.below === 'number' ? [] : [guard.axis])),
      ),
    ),
  ])
