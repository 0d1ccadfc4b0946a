import { isBlock, isGrid, kindOf, type Loop, type LoopMode, type Nest } from '@qernel/dsl'
import * as v from 'valibot'
import { areIndependent, whyInOrder } from '../legality/iterations.ts'
import { type Refusal, refuse } from '../legality/refusal.ts'
import { findStoreInside } from '../legality/repeated-stores.ts'
import { constantExtent } from '../nest/guards.ts'
import { type LoopPath, loopsOf, replaceLoopIn } from '../nest/statements.ts'
import { loopsNamed } from '../rewrites/loop-selection.ts'
import { axesOf, choice } from '../steps/parameters.ts'
import { defineTransform } from '../steps/transform.ts'

const modes = ['grid.x', 'grid.y', 'grid.z', 'block.x', 'block.y', 'block.z', 'serial'] as const

/**
 * Maps the iterations of a loop to workgroups (`grid.x`) or to the threads of a workgroup (`block.x`).
 *
 *     for d in D/16               grid.x d in D/16
 *       for d_in in 16       →      block.x d_in in 16
 *         q[16·d + d_in] = …          q[16·d + d_in] = …
 */
export const bind = defineTransform({
  name: 'bind',
  summary: 'maps the iterations of loops to workgroups (grid.x …) or to the threads of a workgroup (block.x …)',
  parameters: v.objectWithRest({}, choice(modes)),
  numerics: 'exact',
  example: 'split(loop=d,by=64) bind(t=grid.y,d=grid.x,d_in=block.x)',
  apply(nest, args, context): Nest | Refusal {
    const wanted: [LoopPath, LoopMode][] = []
    for (const [name, mode] of axesOf<LoopMode>(args, [])) {
      const paths = loopsNamed(nest, name, context)
      if (!Array.isArray(paths)) return paths
      wanted.push(...paths.map((path): [LoopPath, LoopMode] => [path, mode]))
    }
    if (wanted.length === 0) return refuse('bad-argument', 'no loop is named; write bind(d=grid.x)')
    // Outer loops first, regardless of the order of the arguments: an inner loop may be bound to the grid only after the outer one.
    wanted.sort(([a], [b]) => a.around.length - b.around.length)
    const modes = new Map(wanted.map(([{ loop }, mode]) => [loop.id, mode]))
    const modeOf = (loop: Loop) => modes.get(loop.id) ?? loop.mode
    let next = nest
    for (const [path, mode] of wanted) {
      const problem = whyNot(nest, path, mode, modeOf)
      if (problem !== undefined) return problem
      next = replaceLoopIn(next, path.loop.id, l => [{ ...l, mode }])
    }
    return findStoreInside(next, ['serial']) ?? next
  },
})

/** Binds one loop, or says why not. */
export const bindLoop = (nest: Nest, path: LoopPath, mode: LoopMode): Nest | Refusal =>
  whyNot(nest, path, mode, l => l.mode) ?? replaceLoopIn(nest, path.loop.id, l => [{ ...l, mode }])

/** Why a loop cannot run in a mode, given the modes that all others will have. */
function whyNot(
  nest: Nest,
  { loop, around }: LoopPath,
  mode: LoopMode,
  modeOf: (loop: Loop) => LoopMode,
): Refusal | undefined {
  const inside = loopsOf(loop.body).map(path => path.loop)
  if (!areIndependent(loop) && mode !== 'serial' && !(loop.combine !== undefined && isBlock(mode)))
    return refuse('not-parallel', `${loop.name} ${whyInOrder(loop)}`, [loop.id], ['serial'])
  if (loop.mode === 'vector') return refuse('already-bound', `${loop.name} is a vector loop`, [loop.id])
  const clash = [...around, ...inside].find(l => modeOf(l) === mode && mode !== 'serial')
  if (clash !== undefined)
    return refuse(
      'already-bound',
      `${mode} already belongs to ${clash.name}`,
      [loop.id, clash.id],
      freeModes([...around, ...inside].map(modeOf), mode),
    )
  if (isGrid(mode)) {
    const outside = around.find(l => !isGrid(modeOf(l)))
    if (outside !== undefined)
      return refuse(
        'not-nested',
        `${loop.name} is inside ${outside.name}, which is ${modeOf(outside)}; workgroups must be outermost`,
        [outside.id, loop.id],
        [`reorder(order=${loop.name}.${outside.name})`],
      )
  } else {
    const grid = inside.find(l => isGrid(modeOf(l)))
    if (grid !== undefined)
      return refuse(
        'not-nested',
        `${loop.name} contains ${grid.name}, which is ${modeOf(grid)}; workgroups must be outermost`,
        [loop.id, grid.id],
      )
  }
  if (isBlock(mode)) {
    if (constantExtent(nest, loop.extent) === undefined)
      return refuse(
        'not-constant',
        `the number of threads in a workgroup is fixed at compile time, but ${loop.name} has ${extent(loop)} iterations`,
        [loop.id],
        [`split(loop=${loop.name},by=256)`],
      )
    const tile = [...nest.buffers.values()].find(
      b => b.memory === 'shared' && [loop, ...inside].some(l => l.id === b.scope),
    )
    if (tile !== undefined)
      return refuse(
        'not-nested',
        `${tile.name} is shared by the threads of a workgroup and recreated inside ${loop.name}, whose iterations would become different threads`,
        [loop.id],
      )
    const copied = around.find(l => modeOf(l) === 'vector' || modeOf(l) === 'unroll')
    if (copied !== undefined)
      return refuse('not-nested', `${loop.name} is inside ${copied.name}, which is ${modeOf(copied)}`, [
        copied.id,
        loop.id,
      ])
  }
  return undefined
}

const extent = (loop: Loop): string =>
  typeof loop.extent === 'number' ? String(loop.extent) : `${loop.extent.size}/${loop.extent.dividedBy}`
const freeModes = (taken: readonly LoopMode[], mode: LoopMode): string[] =>
  modes.filter(m => kindOf(m) === kindOf(mode) && m !== mode && !taken.includes(m))
