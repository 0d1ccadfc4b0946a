import {
  type Affine,
  type Buffer,
  isAffine,
  isBlock,
  isBound,
  isGrid,
  type Loop,
  loadsOf,
  type Nest,
} from '@qernel/dsl'
import { flatMap } from '@qernel/dsl/internal'
import * as v from 'valibot'
import { type Refusal, refuse } from '../legality/refusal.ts'
import { constantExtent } from '../nest/guards.ts'
import { leavesOf, loopsOf } from '../nest/statements.ts'
import { nearestFirst } from '../rewrites/loop-selection.ts'
import { bufferName, choice } from '../steps/parameters.ts'
import { defineTransform } from '../steps/transform.ts'

/**
 * Moves a copy between registers and shared memory: out of registers if there are too few, or into registers if each thread
 * reads only what it wrote itself. Tensors of the kernel stay in global memory. `cache` makes copies of them, and `fuse` keeps
 * values that one stage passes to the next in registers.
 *
 *     register x_reg: f32[4, 16]             shared x_reg: f32[4, 16]
 *     block.x d_in in 16              →      block.x d_in in 16
 *       unroll t_k in 4: x_reg[t_k, d_in] = …  unroll t_k in 4: x_reg[t_k, d_in] = …
 */
export const place = defineTransform({
  name: 'place',
  summary: 'moves a copy between registers and shared memory',
  parameters: v.strictObject({ buffer: bufferName(), memory: choice(['shared', 'register']) }),
  numerics: 'exact',
  example: 'tile(t=4,d=64) cache(buffer=x,memory=shared) place(buffer=x_tile,memory=register)',
  apply(nest, { buffer: name, memory }): Nest | Refusal {
    const buffer = nest.buffers.get(name)
    const locals = [...nest.buffers.values()].filter(b => b.memory !== 'global').map(b => b.name)
    if (buffer === undefined || buffer.memory === 'global')
      return refuse(
        'no-such-buffer',
        buffer === undefined
          ? `there is no buffer ${name}`
          : `${name} is a tensor of the kernel; cache makes copies of it`,
        [],
        nearestFirst(name, locals),
      )
    if (buffer.memory === memory) return refuse('bad-argument', `${name} is in ${memory} memory already`)
    const problem = memory === 'shared' ? whyNotShared(nest, buffer) : whyNotPrivate(nest, buffer)
    if (problem !== undefined) return problem
    const buffers = new Map([...nest.buffers].map(([key, b]) => [key, key === name ? { ...b, memory } : b]))
    return { ...nest, buffers }
  },
})

interface Access {
  readonly index: readonly Affine[]
  readonly around: readonly Loop[]
}

function accessesTo(nest: Nest, name: string): Access[] {
  return flatMap(leavesOf(nest.body), ({ leaf, around }) => [
    ...(leaf.buffer === name ? [{ index: leaf.index, around }] : []),
    ...flatMap(loadsOf(leaf.value), load =>
      load.buffer === name ? [{ index: load.index.filter(isAffine), around }] : [],
    ),
  ])
}

/** Why one copy for all threads of a workgroup is impossible: it must be made outside the threads, with one element per writing thread. */
function whyNotShared(nest: Nest, buffer: Buffer): Refusal | undefined {
  const owner = loopsOf(nest.body).find(({ loop }) => loop.id === buffer.scope)
  const chain = owner === undefined ? [] : [...owner.around, owner.loop]
  const thread = chain.find(l => isBlock(l.mode))
  if (owner === undefined || thread !== undefined || !chain.some(l => isGrid(l.mode)))
    return refuse(
      'not-nested',
      `${buffer.name} belongs to one thread${owner === undefined ? '' : `, in ${owner.loop.name}`}; what is shared belongs to a workgroup`,
      owner === undefined ? [] : [owner.loop.id],
    )
  for (const { index, around } of accessesTo(nest, buffer.name)) {
    const repeated = around.find(l => isBlock(l.mode) && !index.some(a => a.terms.has(l.id)))
    if (repeated !== undefined)
      return refuse('not-owner', `the threads of ${repeated.name} each have their own ${buffer.name}`, [repeated.id])
    const outer = chain.find(l => index.some(a => a.terms.has(l.id)))
    if (outer !== undefined)
      return refuse('accesses-differ', `${buffer.name} has a separate part for each ${outer.name}`, [outer.id])
  }
  if (
    leavesOf(nest.body).some(
      ({ leaf, around }) => leaf.buffer === buffer.name && (leaf.kind === 'update' || isCombined(around)),
    )
  )
    return refuse('accesses-differ', `${buffer.name} is an accumulator, which must be in registers`)
  return undefined
}

const isCombined = (around: readonly Loop[]): boolean => around.some(l => l.combine !== undefined)

/** Why one copy per thread is impossible: its length must be known. Reads by other threads are checked for every nest. */
function whyNotPrivate(nest: Nest, buffer: Buffer): Refusal | undefined {
  for (const { index, around } of accessesTo(nest, buffer.name)) {
    const open = around.find(
      l => !isBound(l.mode) && constantExtent(nest, l.extent) === undefined && index.some(a => a.terms.has(l.id)),
    )
    if (open !== undefined)
      return refuse('not-constant', `how much of ${buffer.name} a thread holds is only known at launch`, [open.id])
  }
  const gathered = leavesOf(nest.body).some(({ leaf }) =>
    loadsOf(leaf.value).some(load => load.buffer === buffer.name && !load.index.every(isAffine)),
  )
  return gathered ? refuse('accesses-differ', `${buffer.name} is read at an index that depends on the data`) : undefined
}
