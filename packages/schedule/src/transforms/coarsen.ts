import { type Expr, isAffine, isBlock, isGrid, type LoopId, loadsOf, type Nest, type Statement } from '@qernel/dsl'
import { flatMap } from '@qernel/dsl/internal'
import * as v from 'valibot'
import { isRefusal, type Refusal, refuse } from '../legality/refusal.ts'
import { leavesOf, loopsOf, pathTo } from '../nest/statements.ts'
import { cacheLoads } from '../rewrites/caching.ts'
import { axisLoops, freshName } from '../rewrites/loop-selection.ts'
import { sinkLoop } from '../rewrites/sinking.ts'
import { splitLoop, splitLoopOutside } from '../rewrites/splitting.ts'
import { axesOf, axisFactors, choice } from '../steps/parameters.ts'
import { defineTransform } from '../steps/transform.ts'

/**
 * Lets a thread process several elements along an axis, with all its loads before the first use. With `strided` (the default) the
 * elements of a thread are a whole row of threads apart, so that neighbouring threads still read neighbouring elements;
 * with `blocked` they are next to each other. A grid loop can only be coarsened with `blocked`.
 *
 *     block.x d_in in 64           block.x d_in in 16
 *       q[64·d + d_in] = x[…]  →     unroll d_k in 4:  x_reg[d_k] = x[64·d + 16·d_k + d_in]
 *                                    unroll d_k in 4:  q[64·d + 16·d_k + d_in] = x_reg[d_k]
 */
export const coarsen = defineTransform({
  name: 'coarsen',
  summary:
    'lets a thread process several elements along an axis, strided or blocked, with all loads before the first use',
  parameters: axisFactors({ order: v.optional(choice(['strided', 'blocked'])) }, [2, 4, 8]),
  numerics: 'exact',
  example: 'tile(t=16,d=64) coarsen(d=4)',
  apply(nest, args, context): Nest | Refusal {
    const axes = axesOf<number>(args, ['order'])
    if (axes.length !== 1)
      return refuse('bad-argument', `only one axis can be coarsened, but ${axes.length} are named; write coarsen(d=4)`)
    const [axis, by] = axes[0] as [string, number]
    if (by === 1) return nest
    if (by > 64) return refuse('over-limit', `${by} elements per thread; at most 64 are written out`, [], [8, 16, 32])
    const blocks = axisLoops(nest, [axis], l => isBlock(l.mode), 'is bound to the block', context)
    const found =
      'refused' in blocks
        ? axisLoops(
            nest,
            [axis],
            l => isGrid(l.mode),
            'is bound to the block or the grid; tile or bind first',
            context,
            'not-bound',
          )
        : blocks
    if ('refused' in found) return found
    const name = freshName(nest, `${axis}_k`, context)
    let next = nest
    for (const { loop } of found.get(axis) ?? []) {
      const onGrid = isGrid(loop.mode)
      const order = args.order ?? (onGrid ? 'blocked' : 'strided')
      if (onGrid && order === 'strided')
        return refuse(
          'not-constant',
          `${loop.name} is a grid loop: its stride, the size of the grid, is not known at compile time`,
          [loop.id],
          [`coarsen(${axis}=${by},order=blocked)`],
        )
      const copies = next.nextLoop
      const result =
        order === 'blocked'
          ? splitLoop(next, loop.id, by, { innerName: name, inner: 'unroll' })
          : splitLoopOutside(next, loop.id, by, { outerName: name, outer: 'unroll' })
      if (isRefusal(result)) return result
      const before = new Set(loopsOf(result.body).map(p => p.loop.id))
      next = sinkLoop(result, copies, inner => inner.mode === 'vector' || inner.mode === 'unroll')
      next = hoistLoads(next, [
        copies,
        ...flatMap(loopsOf(next.body), ({ loop: l }) => (before.has(l.id) ? [] : [l.id])),
      ])
    }
    return next
  },
})

/** Puts the loads of every copy before the first use: each unrolled loop that both loads and stores becomes two. */
function hoistLoads(nest: Nest, copies: readonly LoopId[]): Nest {
  let next = nest
  for (const id of copies) {
    const path = loopsOf(next.body).find(({ loop }) => loop.id === id && loop.mode === 'unroll')
    const parent = path?.around.at(-1)
    if (path === undefined || parent === undefined) continue
    const buffers = new Set(
      flatMap(leavesOf([path.loop]), ({ leaf }) =>
        loadsOf(leaf.value).flatMap(load => (isOwnCopy(leaf.value, load, id) ? [] : [load.buffer])),
      ),
    )
    for (const buffer of buffers) {
      if (next.buffers.get(buffer)?.memory !== 'global') continue
      const before = pathTo(next, id)?.loop as Statement
      const result = cacheLoads(next, buffer, 'register', { at: parent.id, before })
      // Loads that cannot be hoisted (different positions, a codebook) stay where they are, which is still correct.
      if (!isRefusal(result)) next = result
    }
  }
  return next
}

/** A statement that only moves data is itself the hoisted load, if each copy has its own; if it is the same for all, one serves them. */
const isOwnCopy = (value: Expr, load: Expr & { readonly kind: 'load' }, copies: LoopId): boolean =>
  value === load && load.index.some(s => !isAffine(s) || s.terms.has(copies))
