import { type Nest, nameOfStage } from '@qernel/dsl'
import { fuseStages } from '../fusing.ts'
import { nearestFirst } from '../loop-selection.ts'
import { factor, optional, parameters, stageName } from '../parameters.ts'
import { type Refusal, refuse } from '../refusal.ts'
import { defineTransform } from '../transform.ts'

/**
 * Puts a stage into the outermost loops of an earlier one, so that both run in one dispatch and what the earlier one
 * computes is used where it is computed. Results that the later stage reads stay in a register; a temporary that nobody
 * else reads is never stored.
 *
 *     for t: { a = …; scale[t] = a / 127 }        for t: { a = …; scale_kept = a / 127; scale[t] = scale_kept
 *     for t: for d: q[t, d] = x[t, d] / scale[t]   →           for d: q[t, d] = x[t, d] / scale_kept }
 */
export const fuse = defineTransform({
  name: 'fuse',
  summary: 'puts a stage into the outermost loops of an earlier one: one dispatch, one read of the data',
  parameters: parameters({
    producer: stageName('the name of an earlier stage'),
    consumer: stageName('the name of a later stage'),
    loops: optional(factor([1, 2, 3])),
  }),
  numerics: 'exact',
  ownsWords: () => false,
  example: 'fuse(producer=scale,consumer=q) bind(t=grid.x)',
  exampleKernel: 'int8_per_token',
  apply(nest, { producer, consumer, loops }): Nest | Refusal {
    const stages = nest.kernel.stages.map(nameOfStage)
    for (const stage of [producer, consumer])
      if (!stages.includes(stage))
        return refuse('bad-argument', `there is no stage ${stage}`, [], nearestFirst(stage, stages))
    return fuseStages(nest, producer, consumer, loops ?? 1)
  },
})
