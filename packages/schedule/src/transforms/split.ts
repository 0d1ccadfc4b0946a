import { isGrid, type Nest } from '@qernel/dsl'
import { isRefusal, type Refusal, refuse } from '../legality/refusal.ts'
import { loopsOf } from '../nest/statements.ts'
import { freshName, loopsNamed } from '../rewrites/loop-selection.ts'
import { rewriteAround, splitCombine } from '../rewrites/refactor-reduction.ts'
import { splitLoop } from '../rewrites/splitting.ts'
import { factor, loopName, newName, optional, parameters } from '../steps/parameters.ts'
import { defineTransform } from '../steps/transform.ts'

/**
 * Splits a loop in two. The outer loop keeps the name; the inner loop gets the name you give (by default `NAME_in`).
 *
 *     for d in D              for d in D/16
 *       q[d] = …         →      for d_in in 16
 *                                 q[16·d + d_in] = …   if 16·d + d_in < D
 */
export const split = defineTransform({
  name: 'split',
  summary: 'splits a loop in two: the outer loop keeps the name, the inner loop has `by` iterations',
  parameters: parameters({ loop: loopName(), by: factor(), inner: optional(newName('a name for the inner loop')) }),
  numerics: 'exact',
  example: 'split(loop=d,by=16,inner=lane)',
  apply(nest, args, context): Nest | Refusal {
    const paths = loopsNamed(nest, args.loop, context)
    if (!Array.isArray(paths)) return paths
    if (args.inner !== undefined && !/^[A-Za-z][A-Za-z0-9_]*$/.test(args.inner))
      return refuse('bad-argument', `'${args.inner}' is not a name: a letter, then letters, digits and _`)
    const innerName = args.inner === undefined ? freshName(nest, `${args.loop}_in`, context) : args.inner
    if (freshName(nest, innerName, context) !== innerName)
      return refuse('bad-argument', `the name ${innerName} is taken`, [], [freshName(nest, innerName, context)])
    let next = nest
    for (const { loop } of paths) {
      const mode = loop.mode
      if (mode === 'vector')
        return refuse('not-serial', `${loop.name} is a vector loop; split it before vectorize`, [loop.id])
      if (isGrid(mode) && loopsOf(loop.body).some(path => isGrid(path.loop.mode)))
        return refuse(
          'already-bound',
          `${loop.name} is ${mode} and contains other grid loops, which the new serial loop would separate; split it before bind`,
          [loop.id],
        )
      const result =
        loop.combine === undefined
          ? splitLoop(next, loop.id, args.by, { innerName })
          : rewriteAround(next, loop.id, (at, body, own, owner) =>
              splitCombine(at, body, own, owner, args.by, innerName),
            )
      if (isRefusal(result)) return result
      next = result
    }
    return next
  },
})
