import { type Affine, isAffine, type Loop, loadsOf, type Nest, type Statement } from '@qernel/dsl'
import { flatMap } from '@qernel/dsl/internal'
import * as v from 'valibot'
import { isRefusal, type Refusal, refuse } from '../legality/refusal.ts'
import { type LoopPath, leavesOf, pathTo } from '../nest/statements.ts'
import { cacheLoads } from '../rewrites/caching.ts'
import { loopsNamed, nearestFirst } from '../rewrites/loop-selection.ts'
import { bufferName, loopName } from '../steps/parameters.ts'
import { defineTransform } from '../steps/transform.ts'

/**
 * Loads values that are the same in every iteration of a loop once, before the loop, into registers, such as the scales of a tile
 * that several rows use. Without `buffer`, it hoists all such loads. Values are also widened only once. Nothing in the loop may write the
 * tensor.
 *
 *     for k in 8                         scale_reg[d_in] = scale[64·d + d_in]
 *       q[8·t + k, 64·d + d_in] =    →   for k in 8
 *         x[…] / scale[64·d + d_in]        q[8·t + k, 64·d + d_in] = x[…] / scale_reg[d_in]
 */
export const hoist = defineTransform({
  name: 'hoist',
  summary: 'loads values that are the same in every iteration of a loop once, before the loop, into registers',
  parameters: v.strictObject({ loop: loopName(), buffer: v.optional(bufferName()) }),
  numerics: 'exact',
  example: 'tile(t=4,d=64) grid(loop=t,tiles=8) hoist(loop=t_step,buffer=scale)',
  apply(nest, { loop: name, buffer }, context): Nest | Refusal {
    if (buffer !== undefined && nest.buffers.get(buffer)?.memory !== 'global')
      return refuse(
        'no-such-buffer',
        nest.buffers.has(buffer) ? `${buffer} is not a tensor in global memory` : `there is no tensor ${buffer}`,
        [],
        nearestFirst(
          buffer,
          [...nest.buffers.values()].filter(b => b.memory === 'global' && b.role !== 'output').map(b => b.name),
        ),
      )
    const paths = loopsNamed(nest, name, context)
    if (!Array.isArray(paths)) return paths
    let next = nest
    const refusals: Refusal[] = []
    for (const found of paths) {
      const path = pathTo(next, found.loop.id)
      if (path === undefined) continue
      const result =
        whyNot(path) ??
        (buffer === undefined ? hoistAll(next, path) : hoistOne(next, path, buffer, invariantLoads(next, path.loop)))
      if (isRefusal(result)) refusals.push(result)
      else next = result
    }
    // The loops of a copy have the same names but read a different position each time: the other loops are meant.
    return next === nest ? (refusals.find(({ code }) => code !== 'no-such-buffer') ?? (refusals[0] as Refusal)) : next
  },
})

function whyNot({ loop, around }: LoopPath): Refusal | undefined {
  if (loop.mode !== 'serial' && loop.mode !== 'unroll')
    return refuse(
      'not-serial',
      `${loop.name} is ${loop.mode}; values can be moved only out of loops that one thread runs`,
      [loop.id],
    )
  if (around.length === 0)
    return refuse('not-nested', `${loop.name} is the outermost loop: no thread around it could hold registers`, [
      loop.id,
    ])
  return undefined
}

/** The tensors that are loaded at the same position in every iteration of a loop, and that nothing in it writes. */
function invariantLoads(nest: Nest, loop: Loop): string[] {
  const leaves = leavesOf([loop]).map(({ leaf }) => leaf)
  const loads = flatMap(leaves, leaf => loadsOf(leaf.value))
  const moves = (index: Affine) => index.terms.has(loop.id)
  return [...new Set(loads.map(load => load.buffer))].filter(
    name =>
      nest.buffers.get(name)?.memory === 'global' &&
      !leaves.some(leaf => leaf.buffer === name) &&
      loads.every(load => load.buffer !== name || load.index.every(s => isAffine(s) && !moves(s))),
  )
}

function hoistOne(
  nest: Nest,
  { loop, around }: LoopPath,
  buffer: string,
  invariant: readonly string[],
): Nest | Refusal {
  if (!invariant.includes(buffer)) {
    const isWritten = leavesOf([loop]).some(({ leaf }) => leaf.buffer === buffer)
    const isRead = leavesOf([loop]).some(({ leaf }) => loadsOf(leaf.value).some(load => load.buffer === buffer))
    const others = invariant.map(name => `buffer=${name}`)
    if (isWritten) return refuse('written-inside', `${buffer} is written in ${loop.name}`, [loop.id], others)
    if (!isRead) return refuse('no-such-buffer', `${loop.name} contains no load of ${buffer}`, [loop.id], others)
    return refuse(
      'depends',
      `${buffer} is read at different places in different iterations of ${loop.name}`,
      [loop.id],
      others,
    )
  }
  const parent = around.at(-1) as Loop
  // Earlier steps of the same call have changed the surrounding bodies.
  const before = pathTo(nest, loop.id)?.loop as Statement
  const result = cacheLoads(nest, buffer, 'register', { at: parent.id, before })
  // The loops that `cache` would offer are not valid alternatives here.
  return isRefusal(result) ? { ...result, alternatives: [] } : result
}

function hoistAll(nest: Nest, path: LoopPath): Nest | Refusal {
  let next = nest
  let first: Refusal | undefined
  for (const buffer of invariantLoads(nest, path.loop)) {
    const result = hoistOne(next, path, buffer, [buffer])
    if (isRefusal(result)) first ??= result
    else next = result
  }
  if (next !== nest) return next
  return (
    first ??
    refuse('depends', `every load in ${path.loop.name} reads a different place in each iteration`, [path.loop.id])
  )
}
