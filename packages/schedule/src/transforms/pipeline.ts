import {
  type Affine,
  affine,
  type Buffer,
  type Expr,
  type Guard,
  isAffine,
  type Loop,
  type LoopId,
  type Nest,
  type Statement,
  type Store,
} from '@qernel/dsl'
import { flatMap } from '@qernel/dsl/internal'
import * as v from 'valibot'
import { isRefusal, type Refusal, refuse } from '../legality/refusal.ts'
import { type LoopPath, leavesOf, loopsOf, mapLeaves, pathTo, replaceLoopIn } from '../nest/statements.ts'
import { cacheLoads } from '../rewrites/caching.ts'
import { freshName, loopsNamed } from '../rewrites/loop-selection.ts'
import { bufferName, loopName } from '../steps/parameters.ts'
import { defineTransform } from '../steps/transform.ts'

/**
 * Software pipelining: a serial loop loads the data of its next iteration before it computes, so that memory latency and
 * computation overlap. It pipelines the copies that `cache` has placed in the loop, or, with `buffer`, the copy of that tensor, which is
 * made in registers if there is none. Data in flight is kept in registers. From then on the loop is ordered: its iterations run one
 * after another.
 *
 *     for t in T                          x_next = x[0, d]
 *       x_reg = x[t, d]                   for t in T
 *       m = max(m, x_reg)          →        x_reg = x_next
 *                                           x_next = x[t + 1, d]   if t + 1 < T
 *                                           m = max(m, x_reg)
 */
export const pipeline = defineTransform({
  name: 'pipeline',
  summary:
    'loads the data of the next iteration of a serial loop before the current one computes (software pipelining)',
  parameters: v.strictObject({ loop: loopName(), buffer: v.optional(bufferName()) }),
  numerics: 'exact',
  example: 'tile(d=64,stage=scale) pipeline(loop=t,buffer=x,stage=scale) tile(t=4,d=64,stage=q)',
  exampleKernel: 'int8_per_channel',
  apply(nest, { loop: name, buffer }, context): Nest | Refusal {
    const paths = loopsNamed(nest, name, context)
    if (!Array.isArray(paths)) return paths
    let next = nest
    for (const found of paths) {
      const path = pathTo(next, found.loop.id)
      if (path === undefined) continue
      const problem = whyNot(path)
      if (problem !== undefined) return problem
      const result = pipelined(next, path, buffer)
      if (isRefusal(result)) return result
      next = result
    }
    return next
  },
})

function whyNot({ loop, around }: LoopPath): Refusal | undefined {
  if (loop.mode !== 'serial' || loop.combine !== undefined)
    return refuse('not-serial', `${loop.name} is ${loop.mode}; only a serial loop can be pipelined`, [loop.id])
  if (around.length === 0)
    return refuse('not-nested', `${loop.name} is the outermost loop: no thread around it could hold registers`, [
      loop.id,
    ])
  return undefined
}

function pipelined(nest: Nest, { loop, around }: LoopPath, tensor: string | undefined): Nest | Refusal {
  const parent = around.at(-1) as Loop
  let start = nest
  if (tensor !== undefined && copiesIn(nest, loop.id).every(copy => copy.from !== tensor)) {
    const source = nest.buffers.get(tensor)
    if (source?.memory !== 'global') return refuse('no-such-buffer', `${tensor} is not a tensor in global memory`)
    const cached = cacheLoads(nest, tensor, 'register', { at: loop.id })
    if (isRefusal(cached)) return { ...cached, alternatives: [] }
    start = cached
  }
  const copies = copiesIn(start, loop.id).filter(copy => tensor === undefined || copy.from === tensor)
  if (copies.length === 0)
    return refuse(
      'no-such-buffer',
      `${loop.name} contains no copy that is used in the same iteration; cache first, or name a tensor`,
      [loop.id],
    )
  let next = start
  for (const copy of copies) next = prefetch(next, loop, parent, copy)
  return next
}

/** A statement that only copies from a tensor into storage private to each iteration. */
interface Copy {
  readonly statement: Statement
  readonly from: string
}

function copiesIn(nest: Nest, id: LoopId): Copy[] {
  const loop = pathTo(nest, id)?.loop as Loop
  const written = new Set(leavesOf([loop]).map(({ leaf }) => leaf.buffer))
  return flatMap(loop.body, (statement): Copy[] => {
    const leaves = leavesOf([statement]).map(({ leaf }) => leaf)
    const [leaf] = leaves
    if (leaves.length !== 1 || leaf?.kind !== 'store' || leaf.value.kind !== 'load') return []
    const { buffer: from, index } = leaf.value
    const isFresh = nest.buffers.get(leaf.buffer)?.scope === id
    const isSource = nest.buffers.get(from)?.memory === 'global' && !written.has(from)
    return isFresh && isSource && index.every(isAffine) ? [{ statement, from }] : []
  })
}

function prefetch(nest: Nest, loop: Loop, parent: Loop, { statement, from }: Copy): Nest {
  const leaf = leavesOf([statement])[0]?.leaf as Store
  const local = nest.buffers.get(leaf.buffer) as Buffer
  const name = freshName(nest, `${from}_next`, {})
  const waiting: Buffer = { ...local, name, memory: 'register', scope: parent.id }
  let nextLoop = nest.nextLoop
  const renamed = (target: Statement, at: Affine, where: readonly Guard[]): Statement => {
    const ids = new Map(loopsOf([target]).map(path => [path.loop.id, nextLoop++]))
    const index = (a: Affine): Affine => {
      const moved = affine.substitute(a, loop.id, at)
      return { constant: moved.constant, terms: new Map([...moved.terms].map(([id, c]) => [ids.get(id) ?? id, c])) }
    }
    const value = leaf.value as Expr & { kind: 'load' }
    const load: Store = {
      ...leaf,
      buffer: name,
      index: leaf.index.map(index),
      value: { ...value, index: value.index.map(a => index(a as Affine)) },
      where: [...leaf.where, ...where].map(guard => ({ ...guard, index: index(guard.index) })),
    }
    const walk = (s: Statement): Statement =>
      s.kind === 'loop' ? { ...s, id: ids.get(s.id) as LoopId, body: s.body.map(walk) } : load
    return walk(target)
  }
  const source = nest.buffers.get(from) as Buffer
  const inBounds = (leaf.value as Expr & { kind: 'load' }).index.map(
    (a, i): Guard => ({ axis: `${from}.${i}`, index: a as Affine, below: source.dims[i] as Guard['below'] }),
  )
  const isNew = (guard: Guard, others: readonly Guard[]) =>
    !others.some(w => affine.equals(w.index, guard.index) && affine.sameExtent(w.below, guard.below))
  const bounds = inBounds.filter(guard => isNew(guard, leaf.where))
  const again: Guard = { axis: loop.axis, index: affine.variable(loop.id), below: loop.extent }
  const first = renamed(statement, affine.constant(0), bounds)
  const after = renamed(statement, affine.add(affine.variable(loop.id), affine.constant(1)), [
    ...bounds,
    ...(isNew(again, [...leaf.where, ...bounds]) ? [again] : []),
  ])
  const take = mapLeaves([statement], one => ({
    ...one,
    value: { kind: 'load', type: leaf.value.type, buffer: name, index: one.index },
  }))
  const body = replaceLoopIn(nest, parent.id, p => {
    const at = p.body.findIndex(s => s.kind === 'loop' && s.id === loop.id)
    const inner = p.body[at] as Loop
    const position = inner.body.indexOf(statement)
    const ordered: Loop = {
      ...inner,
      ordered: true,
      body: [...inner.body.slice(0, position), ...take, after, ...inner.body.slice(position + 1)],
    }
    return [{ ...p, body: [...p.body.slice(0, at), first, ordered, ...p.body.slice(at + 1)] }]
  })
  return { ...body, buffers: new Map([...nest.buffers, [name, waiting]]), nextLoop }
}
