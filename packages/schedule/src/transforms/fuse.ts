import type { Nest } from '@qernel/dsl'
import { nameOfStage } from '@qernel/dsl/internal'
import { type Refusal, refuse } from '../legality/refusal.ts'
import { fuseStages } from '../rewrites/fusing.ts'
import { nearestFirst } from '../rewrites/loop-selection.ts'
import { choice, factor, optional, parameters, stageName } from '../steps/parameters.ts'
import { defineTransform } from '../steps/transform.ts'

/**
 * Moves a stage into the outermost loops of an earlier one, so that both run in one dispatch and the results of the earlier stage
 * are used where they are computed. Results that the later stage reads stay on chip, and a temporary that nothing
 * else reads is never stored. If an iteration of the shared loops reads one element of a result, it stays in a register:
 *
 *     for t: { a = …; scale[t] = a / 127 }        for t: { a = …; scale_kept = a / 127; scale[t] = scale_kept
 *     for t: for d: q[t, d] = x[t, d] / scale[t]   →           for d: q[t, d] = x[t, d] / scale_kept }
 *
 * If it reads several elements, such as a whole row, `memory` says where to keep them as a tile: in the `register`s of the thread that
 * runs the shared loops, or in memory that is `shared` by the threads of a workgroup. With `y` a temporary and D fixed to 128:
 *
 *     for t: for d in 128: y[t, d] = f(x[t, d])      for t: y_tile: f32[128]
 *     for t: for d in 128: a = max(a, |y[t, d]|)   →        for d in 128: y_tile[d] = f(x[t, d])
 *            scale[t] = a                                   for d in 128: a = max(a, |y_tile[d]|)
 *                                                           scale[t] = a
 *
 * If a reduction of the later stage is the same as one of the earlier stage, it is not computed again: one minimum of a group serves both its
 * zero and its scale.
 *
 * An iteration may read only what it stores itself, and the length of the tile must be known at compile time. The tile is the part of a row that the
 * shared loops do not run over, so fix the size, or split both stages first and share more loops. Dimensions that are read at an index that
 * depends on the data are kept whole, in shared memory.
 */
export const fuse = defineTransform({
  name: 'fuse',
  summary: 'moves a stage into the outermost loops of an earlier one, so that one dispatch reads the data once',
  parameters: parameters({
    producer: stageName('the name of an earlier stage'),
    consumer: stageName('the name of a later stage'),
    loops: optional(factor([1, 2, 3])),
    memory: optional(choice(['register', 'shared'])),
  }),
  numerics: 'exact',
  example: 'fuse(producer=scale,consumer=q) bind(t=grid.x)',
  exampleKernel: 'int8_per_token',
  apply(nest, { producer, consumer, loops, memory }): Nest | Refusal {
    const stages = nest.kernel.stages.map(nameOfStage)
    for (const stage of [producer, consumer])
      if (!stages.includes(stage))
        return refuse('bad-argument', `there is no stage ${stage}`, [], nearestFirst(stage, stages))
    return fuseStages(nest, producer, consumer, loops ?? 1, memory)
  },
})
