import type { Nest } from '@qernel/dsl'
import { flatMap } from '@qernel/dsl/internal'
import { isFreshIn, mayFoldInParts, whyInOrder } from '../legality/iterations.ts'
import { isRefusal, type Refusal, refuse } from '../legality/refusal.ts'
import { leavesOf, loopsOf, stagesOf } from '../nest/statements.ts'
import { splitAcrossGrid } from '../rewrites/grid-reduction.ts'
import { freshName } from '../rewrites/loop-selection.ts'
import { rewriteAround, splitParts } from '../rewrites/refactor-reduction.ts'
import { axesOf, axisFactors, choice, flag, newName, optional } from '../steps/parameters.ts'
import { defineTransform } from '../steps/transform.ts'

const combines = ['serial', 'shared', 'subgroup', 'atomic', 'secondPass'] as const

/**
 * Splits a reduction into parts that are reduced in parallel, and a second reduction over the parts.
 *
 * `shared` and `subgroup` make as many parts as the workgroup has lanes along x, y or z (`subgroup`: x); bind the new loop to that dimension. The parts are
 * combined through shared memory, or through subgroup operations as far as a subgroup reaches and through shared memory beyond, in a tree that is the same
 * for every subgroup width, neighbours first: (0 + 1) + (2 + 3). `serial` makes parts within one thread, which vectorize or unroll. `atomic` and `secondPass` make
 * parts of the given number of elements across the grid, which are combined by an atomic maximum on integers, or in a second dispatch. Steps distinguish the
 * dispatches of such a stage by the names of its passes: `stage=scale_pass1`, `stage=scale_pass2`; `stage=scale` means all of them.
 *
 * Neighbouring lanes reduce neighbouring elements, or neighbouring blocks if the loop is split first: after `split(loop=d,by=16)`, each iteration of the outer
 * loop is a block of 16 elements, which one lane reduces in order.
 *
 *     a = 0                              for d_in in 128:  part[d_in] = 0;  for d in D/128:  part[d_in] = max(…)
 *     for d in D:  a = max(a, |x[d]|)  →   a = 0
 *                                        for d_in in 128 (combine):  a = max(a, part[d_in])
 */
export const splitReduction = defineTransform({
  name: 'splitReduction',
  summary: 'splits a reduction into parts that are reduced in parallel, and a second reduction over the parts',
  parameters: axisFactors(
    {
      combine: choice(combines),
      inner: optional(newName('a name for the loop over the parts')),
      reassociate: optional(flag()),
    },
    [8, 16, 32, 64, 128, 256],
  ),
  numerics: 'reassociates',
  example: 'splitReduction(d=64,combine=shared,stage=scale) bind(t=grid.x,d_in=block.x,stage=scale)',
  exampleKernel: 'int8_per_token',
  apply(nest, args, context): Nest | Refusal {
    const axes = axesOf<number>(args, ['combine', 'inner', 'reassociate'])
    if (axes.length !== 1)
      return refuse(
        'bad-argument',
        `only one axis can be split, but ${axes.length} are named; write splitReduction(t=64,combine=shared)`,
      )
    const [axis, by] = axes[0] as [string, number]
    const { combine } = args
    const alongAxis = loopsOf(nest.body).filter(
      ({ loop }) =>
        mayFoldInParts(loop) &&
        loop.axis === axis &&
        (context.stage === undefined || stagesOf(loop).has(context.stage)),
    )
    // The inner part of a loop that was split stays with the lane.
    const found = alongAxis.filter(({ around }) => !alongAxis.some(({ loop }) => around.includes(loop)))
    const reduced = [...new Set(flatMap(loopsOf(nest.body), ({ loop }) => (mayFoldInParts(loop) ? [loop.axis] : [])))]
    if (found.length === 0) {
      const inOrder = loopsOf(nest.body).find(({ loop }) => loop.ordered && loop.axis === axis)?.loop
      return inOrder === undefined
        ? refuse('no-such-loop', `no reduction runs over ${axis}`, [], reduced)
        : refuse('depends', `${inOrder.name} ${whyInOrder(inOrder)}`, [inOrder.id], reduced)
    }
    const bound = found.find(({ loop }) => loop.mode !== 'serial')
    if (bound !== undefined)
      return refuse('not-serial', `${bound.loop.name} is ${bound.loop.mode}; split a reduction before unroll`, [
        bound.loop.id,
      ])
    const sums = found.find(({ loop }) =>
      leavesOf(loop.body).some(
        ({ leaf }) =>
          // Excludes folds that an inner loop restarts in each of its iterations.
          leaf.kind === 'update' &&
          leaf.op === 'sum' &&
          leaf.value.type === 'f32' &&
          !isFreshIn(nest, loop, leaf.buffer),
      ),
    )
    if (sums !== undefined && args.reassociate !== true)
      return refuse(
        'reassociates',
        `${sums.loop.name} sums floats in the order of the definition, and splitting would change that order; reassociate=true allows it`,
        [sums.loop.id],
        [`splitReduction(${axis}=${by},combine=${combine},reassociate=true)`],
      )
    if ((combine === 'shared' || combine === 'subgroup') && !Number.isInteger(Math.log2(by)))
      return refuse(
        'bad-argument',
        `${by} lanes cannot be combined pairwise; a power of two is expected`,
        [],
        [2 ** Math.floor(Math.log2(by)), 2 ** Math.ceil(Math.log2(by))],
      )
    if (combine === 'subgroup' && context.hasSubgroups === false)
      return refuse(
        'no-subgroups',
        'the target has no subgroup operations',
        [],
        [`splitReduction(${axis}=${by},combine=shared)`],
      )
    let next = nest
    for (const { loop } of found) {
      const result: Nest | Refusal =
        combine === 'atomic' || combine === 'secondPass'
          ? splitAcrossGrid(next, loop.id, by, combine, args.inner ?? freshName(nest, `${axis}_part`, context))
          : rewriteAround(next, loop.id, (at, body, own, owner) =>
              splitParts(at, body, own, owner, {
                name: args.inner ?? `${axis}_in`,
                count: by,
                foldMode: 'serial',
                ...(combine === 'serial' ? {} : { combine }),
              }),
            )
      if (isRefusal(result)) return result
      next = result
    }
    return next
  },
})
