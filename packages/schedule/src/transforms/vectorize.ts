import { isBlock, type Nest } from '@qernel/dsl'
import * as v from 'valibot'
import { isRefusal, type Refusal, refuse } from '../legality/refusal.ts'
import { leavesOf, loopsOf, replaceLoopIn, stagesOf } from '../nest/statements.ts'
import { axisLoops, freshName } from '../rewrites/loop-selection.ts'
import { rewriteAround, splitCombine } from '../rewrites/refactor-reduction.ts'
import { sinkLoop } from '../rewrites/sinking.ts'
import { splitLoop } from '../rewrites/splitting.ts'
import { axesOf, axisFactors, factor } from '../steps/parameters.ts'
import { defineTransform } from '../steps/transform.ts'

/**
 * Lets a thread process several neighbouring elements at once. The loop moves to the leaves. The width of each access follows from the
 * index of the operand: neighbouring and aligned elements are one access of at most 16 bytes, a constant index is loaded once, and
 * everything else element by element. `access=1` keeps the loads scalar and only packs the stores.
 *
 *     block.x d_in in 64          block.x d_in in 16
 *       q[64·d + d_in] = …   →      vector d_vec in 4
 *                                     q[64·d + 4·d_in + d_vec] = …
 */
export const vectorize = defineTransform({
  name: 'vectorize',
  summary:
    'lets a thread process several neighbouring elements at once, with loads and stores as wide as each operand allows',
  parameters: axisFactors({ access: v.optional(factor([1, 4])) }, [2, 4, 8, 16]),
  numerics: 'exact',
  example: 'tile(t=16,d=64) vectorize(d=4)',
  apply(nest, args, context): Nest | Refusal {
    const axes = axesOf<number>(args, ['access'])
    if (axes.length !== 1)
      return refuse(
        'bad-argument',
        `only one axis can be vectorized, but ${axes.length} are named; write vectorize(d=4)`,
      )
    const [axis, width] = axes[0] as [string, number]
    if (!Number.isInteger(Math.log2(width)) && width % 32 !== 0)
      return refuse(
        'bad-argument',
        `a vector of ${width} elements; a power of two or a multiple of 32 is expected`,
        [],
        [4, 8, 16],
      )
    if (width > 128)
      return refuse('over-limit', `a vector of ${width} elements; one thread holds at most 128`, [], [32, 64, 128])
    // The vectors of a repair (access=1) only pack stores; the author's vectors may enclose them.
    const vector = loopsOf(nest.body).find(
      ({ loop }) =>
        loop.axis === axis &&
        loop.mode === 'vector' &&
        loop.accessWidth !== 1 &&
        (context.stage === undefined || stagesOf(loop).has(context.stage)),
    )
    if (vector !== undefined)
      return refuse(
        'already-bound',
        `${axis} is already vectorized, ${vector.loop.name} holds ${extentOf(vector.loop.extent)} elements`,
        [vector.loop.id],
      )
    const found = axisLoops(
      nest,
      [axis],
      l => l.mode === 'serial' || isBlock(l.mode),
      'is serial or block; vectorize inside a tile',
      context,
    )
    if ('refused' in found) return found
    const innerName = freshName(nest, `${axis}_vec`, context)
    let next = nest
    // Lanes of a combine reduce their own elements first.
    for (const { loop } of loopsOf(nest.body))
      if (
        loop.axis === axis &&
        loop.combine !== undefined &&
        (context.stage === undefined || stagesOf(loop).has(context.stage))
      ) {
        const result = rewriteAround(next, loop.id, (at, body, own, owner) =>
          splitCombine(at, body, own, owner, width, innerName),
        )
        if (isRefusal(result)) return result
        next = result
      }
    for (const { loop } of found.get(axis) ?? []) {
      const inner = next.nextLoop
      const peeled = leavesOf([loop]).some(({ leaf }) => leaf.where.some(g => g.peeled && g.index.terms.has(loop.id)))
      if (peeled)
        return refuse('already-bound', `${loop.name} is already peeled; vectorize before predicate`, [loop.id])
      const result = splitLoop(next, loop.id, width, { innerName, inner: 'vector' })
      if (isRefusal(result)) return result
      const access = args.access
      next = access === undefined ? result : replaceLoopIn(result, inner, l => [{ ...l, accessWidth: access }])
      next = sinkLoop(next, inner)
    }
    return next
  },
})

const extentOf = (extent: unknown): string => (typeof extent === 'number' ? String(extent) : 'some')
