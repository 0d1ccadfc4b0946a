import type { Nest } from '@qernel/dsl'
import * as v from 'valibot'
import { fuseStages } from '../fusing.ts'
import { nearestFirst } from '../loop-selection.ts'
import { factor } from '../parameters.ts'
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
  parameters: v.strictObject({
    producer: v.pipe(v.string('the name of an earlier stage'), v.metadata({ names: 'stage' })),
    consumer: v.pipe(v.string('the name of a later stage'), v.metadata({ names: 'stage' })),
    loops: v.optional(factor([1, 2, 3])),
  }),
  numerics: 'exact',
  example: 'fuse(producer=scale,consumer=q) bind(t=grid.x)',
  exampleKernel: 'int8_per_token',
  apply(nest, { producer, consumer, loops }): Nest | Refusal {
    const stages = nest.kernel.stages.map(s => s.tensor)
    for (const stage of [producer, consumer])
      if (!stages.includes(stage))
        return refuse('bad-argument', `there is no stage ${stage}`, [], nearestFirst(stage, stages))
    return fuseStages(nest, producer, consumer, loops ?? 1)
  },
})
