import type { Nest } from '@qernel/dsl'
import { type Refusal, refuse } from '../legality/refusal.ts'
import { constantExtent } from '../nest/guards.ts'
import { replaceLoopIn } from '../nest/statements.ts'
import { loopsNamed } from '../rewrites/loop-selection.ts'
import { loopName, parameters } from '../steps/parameters.ts'
import { defineTransform } from '../steps/transform.ts'

const mostCopies = 64

/**
 * Writes out the iterations of a short loop one after another.
 *
 *     for k in 2          q[2·d] = …
 *       q[2·d + k]   →    q[2·d + 1] = …
 */
export const unroll = defineTransform({
  name: 'unroll',
  summary: 'writes out the iterations of a short serial loop one after another',
  parameters: parameters({ loop: loopName() }),
  numerics: 'exact',
  example: 'tile(t=16,d=64) split(loop=d_in,by=4,inner=k) unroll(loop=k)',
  apply(nest, args, context): Nest | Refusal {
    const paths = loopsNamed(nest, args.loop, context)
    if (!Array.isArray(paths)) return paths
    let next = nest
    for (const { loop } of paths) {
      if (loop.mode !== 'serial')
        return refuse('not-serial', `${loop.name} is ${loop.mode}; only a serial loop can be unrolled`, [loop.id])
      const extent = constantExtent(nest, loop.extent)
      if (extent === undefined)
        return refuse(
          'not-constant',
          `${loop.name} has a number of iterations that is known only at launch; split it first`,
          [loop.id],
          [`split(loop=${loop.name},by=4,inner=k) unroll(loop=k)`],
        )
      if (extent > mostCopies)
        return refuse(
          'over-limit',
          `${loop.name} has ${extent} iterations; at most ${mostCopies} are unrolled`,
          [loop.id],
          [`split(loop=${loop.name},by=8,inner=k) unroll(loop=k)`],
        )
      next = replaceLoopIn(next, loop.id, l => [{ ...l, mode: 'unroll' }])
    }
    return next
  },
})
