import { affine, type Buffer, isGrid, type Loop, type LoopId, type Nest } from '@qernel/dsl'
import { flatMap } from '@qernel/dsl/internal'
import * as v from 'valibot'
import { type Refusal, refuse } from '../legality/refusal.ts'
import { constantExtent } from '../nest/guards.ts'
import { type LoopPath, loopsOf, pathTo, replaceLoopIn, substituteLoop } from '../nest/statements.ts'
import { freshName, loopsNamed } from '../rewrites/loop-selection.ts'
import { overshoot } from '../rewrites/splitting.ts'
import { factor, loopName } from '../steps/parameters.ts'
import { defineTransform } from '../steps/transform.ts'

/**
 * Lets a workgroup process several tiles. `groups=N` starts N workgroups along the loop, whatever its length, and
 * each takes every Nth tile: a grid-stride loop, which is persistent if N workgroups fit on the device at once. `tiles=N` gives each
 * workgroup N neighbouring tiles. A guard masks iterations past the end. The loop over the tiles is named `NAME_step`.
 *
 *     grid.y t in T/16               grid.y t in 132
 *       grid.x d in D/64               grid.x d in D/64
 *         …[16·t + …]          →         t_step in T/2112
 *                                          …[2112·t_step + 16·t + …]
 */
export const grid = defineTransform({
  name: 'grid',
  summary:
    'lets a workgroup process several tiles: in a grid-stride loop with a fixed number of workgroups, or neighbouring ones',
  parameters: v.strictObject({
    loop: loopName(),
    groups: v.optional(factor([2, 4, 64, 132, 264])),
    tiles: v.optional(factor([2, 4, 8])),
  }),
  numerics: 'exact',
  example: 'tile(t=4,d=64) grid(loop=t,groups=132)',
  apply(nest, { loop: name, groups, tiles }, context): Nest | Refusal {
    if ((groups === undefined) === (tiles === undefined))
      return refuse('bad-argument', 'a number of workgroups or of tiles is needed; write groups=132 or tiles=4')
    const by = (groups ?? tiles) as number
    const paths = loopsNamed(nest, name, context)
    if (!Array.isArray(paths)) return paths
    const stepName = freshName(nest, `${name}_step`, context)
    let next = nest
    for (const path of paths) {
      const problem = whyNot(nest, path, paths, by, groups !== undefined)
      if (problem !== undefined) return problem
      next = walkTiles(next, (pathTo(next, path.loop.id) ?? path).loop, by, groups !== undefined, stepName)
    }
    return next
  },
})

function whyNot(
  nest: Nest,
  { loop, around }: LoopPath,
  paths: readonly LoopPath[],
  by: number,
  isStrided: boolean,
): Refusal | undefined {
  if (!isGrid(loop.mode))
    return refuse(
      'not-nested',
      `${loop.name} is ${loop.mode}; a loop of the grid is expected`,
      [loop.id],
      flatMap(loopsOf(nest.body), path => (isGrid(path.loop.mode) ? [`loop=${path.loop.name}`] : [])),
    )
  const extent = constantExtent(nest, loop.extent)
  if (isStrided && extent !== undefined && extent <= by)
    return refuse(
      'over-limit',
      `${loop.name} has ${extent} tiles, so ${by} workgroups would not process several each`,
      [loop.id],
    )
  const root = around[0] ?? loop
  const twin = [root, ...loopsOf(root.body).map(path => path.loop)].find(
    l => l.mode === loop.mode && !paths.some(path => path.loop === l),
  )
  if (twin !== undefined)
    return refuse(
      'already-bound',
      `${twin.name} is ${twin.mode} too, and both must have the same number of workgroups`,
      [loop.id, twin.id],
    )
  const apart = loopsOf([loop]).find(
    path => path.loop.body.length > 1 && path.loop.body.some(s => s.kind === 'loop' && isGrid(s.mode)),
  )
  if (apart !== undefined)
    return refuse('not-nested', `${apart.loop.name} contains statements beside grid loops`, [apart.loop.id])
  return overshoot(nest, loop, by)
}

/** The loop with fewer iterations, and a serial loop over the tiles just inside the innermost grid loop. */
function walkTiles(nest: Nest, loop: Loop, by: number, isStrided: boolean, name: string): Nest {
  const step = nest.nextLoop
  const rest = affine.divideExtent(loop.extent, by)
  const [outer, inner] = isStrided ? [step, loop.id] : [loop.id, step]
  const index = affine.add(affine.scale(affine.variable(outer), by), affine.variable(inner))
  let innermost: LoopId = loop.id
  const inside = (l: Loop): Loop => {
    const [only] = l.body
    if (only?.kind === 'loop' && isGrid(only.mode)) return { ...l, body: [inside(only)] }
    innermost = l.id
    const tiles: Loop = {
      kind: 'loop',
      id: step,
      name,
      axis: loop.axis,
      mode: 'serial',
      reduce: false,
      ordered: false,
      extent: isStrided ? rest : by,
      body: substituteLoop(l.body, loop.id, index),
    }
    return { ...l, body: [tiles] }
  }
  const next = replaceLoopIn(nest, loop.id, l => [{ ...inside(l), extent: isStrided ? by : rest }])
  // Storage that was fresh in each workgroup becomes fresh in each tile.
  const buffers = new Map(
    [...nest.buffers].map(([key, b]): [string, Buffer] => [key, b.scope === innermost ? { ...b, scope: step } : b]),
  )
  return { ...next, buffers, nextLoop: step + 1 }
}
