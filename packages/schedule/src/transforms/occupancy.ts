import { isGrid, type Nest } from '@qernel/dsl'
import * as v from 'valibot'
import { type Refusal, refuse } from '../legality/refusal.ts'
import { isMeant, leavesOf, loopsOf, replaceLoopIn } from '../nest/statements.ts'
import { factor } from '../steps/parameters.ts'
import { defineTransform } from '../steps/transform.ts'

/** What a multiprocessor of any NVIDIA GPU holds at most. */
const mostThreads = 2048

/**
 * Says how many threads a multiprocessor should hold at a time, at least. The compiler of the device then uses no more registers than
 * that leaves, and up to that many: without the step it may save registers by loading one element after another where all loads could be
 * in flight together. Results never depend on it. In CUDA it is the second argument of `__launch_bounds__`; WGSL has no such hint and ignores it.
 *
 *     grid.x t in T/256     →     grid.x t in T/256 (1024 threads resident)
 */
export const occupancy = defineTransform({
  name: 'occupancy',
  summary: 'says how many threads a multiprocessor should hold: bounds registers in CUDA, no effect elsewhere',
  parameters: v.strictObject({
    threads: v.pipe(
      factor([512, 768, 1024, 1536, mostThreads]),
      v.maxValue(mostThreads, `at most the ${mostThreads} threads that a multiprocessor holds`),
    ),
  }),
  numerics: 'exact',
  example: 'tile(t=4,d=64) vectorize(d=4) occupancy(threads=1024)',
  apply(nest, { threads }, { stage }): Nest | Refusal {
    let next = nest
    for (const statement of nest.body) {
      if (!leavesOf([statement]).some(({ leaf }) => isMeant(leaf, stage))) continue
      const grid = loopsOf([statement]).findLast(({ loop }) => isGrid(loop.mode))?.loop
      if (grid !== undefined) next = replaceLoopIn(next, grid.id, loop => [{ ...loop, residentThreads: threads }])
    }
    return next === nest
      ? refuse('not-bound', 'no loop is bound to the grid, so there are no workgroups yet; use this step last')
      : next
  },
})
