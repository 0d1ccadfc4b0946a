import { affine, isGrid, type Loop, type Nest, type Statement } from '@qernel/dsl'
import { flatMap } from '@qernel/dsl/internal'
import * as v from 'valibot'
import { type Refusal, refuse } from '../legality/refusal.ts'
import { constantExtent } from '../nest/guards.ts'
import { type LoopPath, loopsOf, pathTo, replaceLoop, substituteLoop } from '../nest/statements.ts'
import { copyStatements } from '../rewrites/copying.ts'
import { loopsNamed } from '../rewrites/loop-selection.ts'
import { factor, loopName } from '../steps/parameters.ts'
import { defineTransform } from '../steps/transform.ts'

const mostParts = 16

/**
 * Runs a grid loop in several dispatches, one after another. This keeps each dispatch short, for devices that stop long ones, or small
 * enough to leave its results in the caches. The number of workgroups must be known: fix the size (`--set T=4096`), or use
 * `grid(loop=t,groups=…)`. Arrays that exceed one binding are processed in parts without this step, at any size.
 *
 *     grid.x t in 128                grid.x t in 64:  …[16·t + …]
 *       …[16·t + …]           →      grid.x t in 64:  …[16·t + 1024 + …]
 */
export const chunk = defineTransform({
  name: 'chunk',
  summary: 'runs a grid loop of known length in several dispatches, one after another',
  parameters: v.strictObject({ loop: loopName(), parts: factor([2, 4, 8]) }),
  numerics: 'exact',
  example: 'tile(t=4,d=64) grid(loop=t,groups=128) chunk(loop=t,parts=2)',
  apply(nest, { loop: name, parts }, context): Nest | Refusal {
    const paths = loopsNamed(nest, name, context)
    if (!Array.isArray(paths)) return paths
    if (parts > mostParts)
      return refuse('over-limit', `${parts} dispatches of one loop; at most ${mostParts} are written out`, [], [8, 16])
    let next = nest
    for (const path of paths) {
      const problem = whyNot(nest, path, paths, parts)
      if (problem !== undefined) return problem
      next = inParts(next, pathTo(next, path.loop.id) ?? path, parts)
    }
    return next
  },
})

function whyNot(nest: Nest, path: LoopPath, paths: readonly LoopPath[], parts: number): Refusal | undefined {
  const { loop, around } = path
  if (!isGrid(loop.mode))
    return refuse(
      'not-bound',
      `${loop.name} is ${loop.mode}; only a loop over workgroups can be divided into dispatches`,
      [loop.id],
      flatMap(loopsOf(nest.body), other => (isGrid(other.loop.mode) ? [`loop=${other.loop.name}`] : [])),
    )
  const extent = constantExtent(nest, loop.extent)
  if (extent === undefined)
    return refuse(
      'not-constant',
      `${loop.name} has ${affine.printExtent(loop.extent)} workgroups, which is known only at launch; fix the size, or the number of workgroups`,
      [loop.id],
      [`grid(loop=${loop.name},groups=132)`],
    )
  if (parts > extent)
    return refuse('over-limit', `${loop.name} has ${extent} workgroups; ${parts} parts have none`, [loop.id])
  const root = around[0] ?? loop
  const twin = [root, ...loopsOf(root.body).map(other => other.loop)].find(l => l !== loop && l.mode === loop.mode)
  if (twin !== undefined)
    return refuse('already-bound', `${twin.name} is ${twin.mode} of the same dispatch`, [loop.id, twin.id])
  if (paths.some(other => other !== path && other.around[0] === root))
    return refuse('not-nested', `${loop.name} appears several times in one dispatch`, [loop.id])
  return undefined
}

function inParts(nest: Nest, { loop, around }: LoopPath, parts: number): Nest {
  const root = around[0] ?? loop
  const all = constantExtent(nest, loop.extent) as number
  const count = Math.ceil(all / parts)
  let at: Nest = nest
  const dispatches: Statement[] = []
  for (let first = 0; first < all; first += count) {
    const extent = Math.min(count, all - first)
    let statement: readonly Statement[] = [root]
    let id = loop.id
    if (first > 0) {
      const copied = copyStatements(at, [root], new Map(), '_part')
      id = sameLoop(root, copied.body[0] as Loop, loop)
      statement = copied.body
      at = { ...at, buffers: copied.buffers, nextLoop: copied.nextLoop }
    }
    const moved = affine.add(affine.variable(id), affine.constant(first))
    dispatches.push(...replaceLoop(statement, id, l => [{ ...l, extent, body: substituteLoop(l.body, id, moved) }]))
  }
  return { ...at, body: flatMap(nest.body, s => (s === root ? dispatches : [s])) }
}

/** The loop of the copy that corresponds to `loop` in the original. */
function sameLoop(original: Loop, copy: Loop, loop: Loop): number {
  const position = [original, ...loopsOf(original.body).map(path => path.loop)].indexOf(loop)
  return ([copy, ...loopsOf(copy.body).map(path => path.loop)][position] as Loop).id
}
