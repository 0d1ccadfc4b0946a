import { type Affine, affine, type Buffer, isAffine, type Loop, loadsOf, type Nest, type Statement } from '@qernel/dsl'
import * as v from 'valibot'
import { type Refusal, refuse } from '../legality/refusal.ts'
import { constantExtent } from '../nest/guards.ts'
import { type Leaf, leavesOf, loopsOf, mapLeaf, mapLeaves } from '../nest/statements.ts'
import { nearestFirst } from '../rewrites/loop-selection.ts'
import { bufferName } from '../steps/parameters.ts'
import { defineTransform } from '../steps/transform.ts'

/**
 * Keeps one tile in the memory of another that nothing reads any more, so that a workgroup needs less of it. The two
 * have the same elements, and the statement that fills the new one may still read the old one: each element where it replaces it. Both are
 * in shared memory: registers are shared out by the compiler of the target.
 *
 *     shared s_tile: f32[64] · p_tile: f32[64]      shared s_tile: f32[64]
 *       for t in 64: s_tile[t] = …                    for t in 64: s_tile[t] = …
 *       for t in 64: m = max(m, s_tile[t])       →    for t in 64: m = max(m, s_tile[t])
 *       for t in 64: p_tile[t] = exp2(s_tile[t] − m)  for t in 64: s_tile[t] = exp2(s_tile[t] − m)
 *       for t in 64: l += p_tile[t]                   for t in 64: l += s_tile[t]
 */
export const reuse = defineTransform({
  name: 'reuse',
  summary: 'keeps one tile in the memory of another that nothing reads any more',
  parameters: v.strictObject({ buffer: bufferName(), of: bufferName() }),
  numerics: 'exact',
  example:
    'fuse(producer=l,consumer=a,loops=3) fuse(producer=p,consumer=l,loops=3,memory=shared) fuse(producer=m,consumer=l,loops=3) fuse(producer=s,consumer=m,loops=3,memory=shared) reuse(buffer=p_tile,of=s_tile)',
  exampleKernel: 'attention_f16',
  apply(nest, { buffer: name, of }): Nest | Refusal {
    const locals = [...nest.buffers.values()].filter(b => b.memory === 'shared').map(b => b.name)
    for (const each of [name, of])
      if (!locals.includes(each))
        return refuse('no-such-buffer', `there is no tile ${each} in shared memory`, [], nearestFirst(each, locals))
    if (name === of) return refuse('bad-argument', `${name} cannot take its own place`)
    const [buffer, old] = [nest.buffers.get(name) as Buffer, nest.buffers.get(of) as Buffer]
    const differs = whyNotAlike(buffer, old)
    if (differs !== undefined) return refuse('accesses-differ', differs)
    const owner = loopsOf(nest.body).find(({ loop }) => loop.id === buffer.scope)?.loop
    const problem = whyNeeded(nest, owner?.body ?? nest.body, buffer, old)
    if (problem !== undefined) return problem
    const renamed = (at: string): string => (at === name ? of : at)
    const body = mapLeaves(nest.body, leaf => ({
      ...mapLeaf(
        leaf,
        a => a,
        e => (e.kind === 'load' ? { ...e, buffer: renamed(e.buffer) } : e),
      ),
      buffer: renamed(leaf.buffer),
    }))
    const { holds: _, ...shared } = old
    const buffers = new Map(
      [...nest.buffers].filter(([key]) => key !== name).map(([key, b]) => [key, b === old ? shared : b]),
    )
    return { ...nest, body, buffers }
  },
})

function whyNotAlike(a: Buffer, b: Buffer): string | undefined {
  const text = ({ type, dims }: Buffer): string => `${type.name}[${dims.map(affine.printExtent).join(', ')}]`
  if (text(a) !== text(b)) return `${a.name} is ${text(a)}, ${b.name} is ${text(b)}`
  return a.scope === b.scope ? undefined : `${a.name} and ${b.name} belong to different loops`
}

const readsOf = (leaf: Leaf, name: string) => loadsOf(leaf.value).filter(load => load.buffer === name)
const touches = (leaf: Leaf, name: string): boolean => leaf.buffer === name || readsOf(leaf, name).length > 0

/** A refusal if a value of the old buffer is needed after the new one has begun to replace it. */
function whyNeeded(nest: Nest, body: readonly Statement[], buffer: Buffer, old: Buffer): Refusal | undefined {
  const leaves = body.map(s => leavesOf([s]))
  const uses = (name: string) => leaves.map(each => each.some(({ leaf }) => touches(leaf, name)))
  const first = uses(buffer.name).indexOf(true)
  const last = uses(old.name).lastIndexOf(true)
  const needed = (): Refusal =>
    refuse('depends', `${old.name} is used after ${buffer.name} has begun to take its place`, loopIds(body[last]))
  if (last < first) return undefined
  if (last > first) return needed()
  const both = (leaves[first] ?? []).filter(({ leaf }) => touches(leaf, buffer.name) || touches(leaf, old.name))
  for (const { leaf, around } of both) {
    const inside = around.slice(around.findIndex(({ id }) => id === buffer.scope) + 1)
    const isReplaced =
      leaf.kind === 'store' &&
      leaf.buffer === buffer.name &&
      readsOf(leaf, buffer.name).length === 0 &&
      readsOf(leaf, old.name).every(({ index }) =>
        index.every((s, i) => isAffine(s) && affine.equals(s, leaf.index[i] as Affine)),
      )
    if (both.length > 1 || !isReplaced || !isOneToOne(nest, leaf.index, inside)) return needed()
  }
  return undefined
}

const loopIds = (s: Statement | undefined) => (s?.kind === 'loop' ? [s.id] : [])

/** Whether different iterations have different indices: along each dimension, a step of a loop is longer than all inner ones together. */
function isOneToOne(nest: Nest, index: readonly Affine[], loops: readonly Loop[]): boolean {
  const seen = new Set<number>()
  for (const { terms } of index) {
    let reached = 0
    for (const [id, step] of [...terms].sort(([, a], [, b]) => Math.abs(a) - Math.abs(b))) {
      const loop = loops.find(each => each.id === id)
      if (loop === undefined) continue
      const extent = constantExtent(nest, loop.extent)
      if (extent === undefined || seen.has(id) || Math.abs(step) <= reached) return false
      seen.add(id)
      reached += Math.abs(step) * Math.max(0, extent - 1)
    }
  }
  return loops.every(({ id, extent }) => seen.has(id) || constantExtent(nest, extent) === 1)
}
