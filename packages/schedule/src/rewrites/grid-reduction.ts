/** Reductions across the grid: a second dispatch or an atomic maximum combines the parts. */
import {
  affine,
  type Buffer,
  type Expr,
  type Extent,
  type Loop,
  type LoopId,
  mapExpr,
  type Nest,
  type Statement,
  type Store,
  type Update,
  u32,
} from '@qernel/dsl'
import { flatMap } from '@qernel/dsl/internal'
import { areIndependent, isFreshIn } from '../legality/iterations.ts'
import { type Refusal, refuse } from '../legality/refusal.ts'
import {
  asPart,
  type Leaf,
  leavesOf,
  mapLeaf,
  mapLeaves,
  stageNames,
  substituteLoop,
  unfused,
} from '../nest/statements.ts'
import { freshBuffer } from './refactor-reduction.ts'
import { overshoot } from './splitting.ts'
import { WordOrder } from './word-order.ts'

/**
 * Splits a stage whose statement is its parallel loops around an initialization, a reduce loop and the use of the result. It becomes
 *
 *   secondPass:  for d: for t_part: { a = 0; for t in `by`: a = max(a, x[by·t_part + t, d]);  part[t_part, d] = a }
 *                for d: { a = 0; for t_part (reduce): a = max(a, part[t_part, d]);  use }
 *   atomic:      for d: bits[d] = order(0)
 *                for d: for t_part: { …;  bits[d] = max(bits[d], order(a)) (atomic) }
 *                for d: use with a = value(bits[d])
 */
export function splitAcrossGrid(
  nest: Nest,
  id: LoopId,
  by: number,
  how: 'atomic' | 'secondPass',
  partName: string,
): Nest | Refusal {
  const position = nest.body.findIndex(s => s.kind === 'loop' && contains(s, id))
  const { chain, inner } = parallelChain(nest.body[position] as Loop)
  const loop = inner.find((s): s is Loop => s.kind === 'loop' && s.id === id)
  if (loop === undefined || chain.some(l => l.mode !== 'serial'))
    return refuse(
      'not-nested',
      `${partName} would leave its stage; split a reduction across the grid before any other step`,
      [id],
    )
  const past = overshoot(nest, loop, by)
  if (past !== undefined) return past
  // An inner fold that restarts in every iteration is not the result.
  const updates = flatMap(leavesOf(loop.body), ({ leaf }) => (isFreshIn(nest, loop, leaf.buffer) ? [] : [leaf]))
  if (updates.length !== 1 || updates[0]?.kind !== 'update' || inner.filter(s => s.kind === 'loop').length > 1)
    return refuse('not-nested', `${loop.name} feeds several results; only one can be split across the grid`, [id])
  const update = updates[0]
  if (how === 'atomic' && update.op === 'sum')
    return refuse(
      'reassociates',
      'atomic sums have no fixed order; only a maximum or a minimum is exact',
      [id],
      [`splitReduction(${loop.axis}=${by},combine=secondPass,reassociate=true)`],
    )
  const accumulator = nest.buffers.get(update.buffer) as Buffer
  const before = inner.slice(0, inner.indexOf(loop))
  if (accumulator.dims.length > 0 || before.some(s => s.kind === 'loop' || s.buffer !== accumulator.name))
    return refuse(
      'not-nested',
      `${loop.name} is not alone in its dispatch; split a reduction across the grid before fuse`,
      [id],
    )
  const order = new WordOrder(update.op, update.value.type, startValue(before, accumulator.name))
  const after = inner.slice(inner.indexOf(loop) + 1)
  const copies = new Copies(nest.nextLoop)
  const buffers = new Map(nest.buffers)

  // First dispatch: each part separately.
  const partId = copies.fresh()
  const parts: Extent = affine.divideExtent(loop.extent, by)
  const walked = affine.add(affine.scale(affine.variable(partId), by), affine.variable(loop.id))
  const partLoop = (body: readonly Statement[]): Loop => ({
    ...loop,
    id: partId,
    name: partName,
    reduce: false,
    ordered: false,
    extent: parts,
    body,
  })
  const folded: Loop = { ...loop, extent: by, body: substituteLoop(loop.body, loop.id, walked) }
  const place = chain.map(l => affine.variable(l.id))
  const whole: Expr = { kind: 'load', type: update.value.type, buffer: accumulator.name, index: [] }
  const outside = flatMap(chain, (l, i) => ({
    axis: l.axis,
    index: place[i] as (typeof place)[number],
    below: l.extent,
  }))
  const where = outside.filter(guard => (leavesOf(after)[0]?.leaf.where ?? []).some(w => w.axis === guard.axis))
  const dims = chain.map(l => l.extent)
  const target = freshBuffer(buffers, how === 'atomic' ? `${accumulator.name}_bits` : `${accumulator.name}_parts`)
  const own = freshBuffer(buffers, `${accumulator.name}_part`)
  buffers.set(own, { ...accumulator, name: own, scope: partId })
  const toOwn = (s: Statement): Statement =>
    mapLeaves([s], leaf => retarget(leaf, accumulator.name, own))[0] as Statement
  const result = mapExpr(whole, e => (e.kind === 'load' ? { ...e, buffer: own } : e))
  const store: Store | Update =
    how === 'secondPass'
      ? {
          kind: 'store',
          stage: update.stage,
          buffer: target,
          index: [affine.variable(partId), ...place],
          value: result,
          where,
        }
      : {
          kind: 'update',
          stage: update.stage,
          op: 'max',
          buffer: target,
          index: place,
          value: order.toWord(result),
          where,
          atomic: true,
        }
  const first = wrap(chain, [partLoop([...before, folded, store].map(toOwn))])

  buffers.set(target, {
    name: target,
    memory: 'global',
    role: 'temporary',
    type: how === 'atomic' ? u32 : accumulator.type,
    dims: how === 'atomic' ? dims : [parts, ...dims],
  })
  if (how === 'secondPass') {
    const again = copies.fresh()
    const outer = new Set(chain.map(l => l.id))
    const around = update.where.filter(w => [...w.index.terms.keys()].every(t => outer.has(t)))
    // As for the axes of a definition: it masks the rest where a later step splits the loop.
    const inside = { axis: loop.axis, index: affine.variable(again), below: parts }
    const load: Expr = {
      kind: 'load',
      type: update.value.type,
      buffer: target,
      index: [affine.variable(again), ...place],
    }
    const fold: Loop = {
      ...loop,
      id: again,
      name: partName,
      extent: parts,
      body: [{ ...unfused(update), value: load, where: [...around, inside] }],
    }
    const second = wrap(chain, [...before, fold, ...after])
    const fresh = copies.renew(second, buffers)
    return {
      ...nest,
      buffers,
      nextLoop: copies.next,
      body: splice(nest.body, position, passes(nest, update.stage, [first, fresh])),
    }
  }
  const start: Store = { kind: 'store', stage: update.stage, buffer: target, index: place, value: order.start(), where }
  const value = order.fromWord({ kind: 'load', type: 'u32', buffer: target, index: place })
  const used = after.map(
    s =>
      mapLeaves([s], leaf =>
        mapLeaf(
          leaf,
          a => a,
          e => (e.kind === 'load' && e.buffer === accumulator.name ? value : e),
        ),
      )[0] as Statement,
  )
  buffers.delete(accumulator.name)
  const zero = copies.renew(wrap(chain, [start]), new Map())
  const last = copies.renew(wrap(chain, used), buffers)
  return {
    ...nest,
    buffers,
    nextLoop: copies.next,
    body: splice(nest.body, position, passes(nest, update.stage, [zero, first, last])),
  }
}

/** One dispatch per statement of a stage, with names that steps can use to distinguish them: `scale_pass1`, `scale_pass2`. */
function passes(nest: Nest, stage: string, statements: readonly Statement[]): Statement[] {
  const taken = stageNames(nest)
  return statements.map((statement, i) => {
    let name = `${stage}_pass${i + 1}`
    while (taken.includes(name)) name = `${name}_`
    return asPart([statement], name)[0] as Statement
  })
}

const contains = (s: Statement, id: LoopId): boolean =>
  s.kind === 'loop' && (s.id === id || s.body.some(inner => contains(inner, id)))
const splice = (body: readonly Statement[], at: number, by: readonly Statement[]): Statement[] => [
  ...body.slice(0, at),
  ...by,
  ...body.slice(at + 1),
]

function parallelChain(statement: Loop): { chain: Loop[]; inner: readonly Statement[] } {
  const chain: Loop[] = [statement]
  let inner = statement.body
  while (inner.length === 1 && inner[0]?.kind === 'loop' && areIndependent(inner[0])) {
    chain.push(inner[0])
    inner = inner[0].body
  }
  return { chain, inner }
}

const wrap = (chain: readonly Loop[], body: readonly Statement[]): Statement =>
  chain.reduceRight<readonly Statement[]>((inside, l) => [{ ...l, body: inside }], body)[0] as Statement

function retarget(leaf: Leaf, from: string, to: string): Leaf {
  const mapped = mapLeaf(
    leaf,
    a => a,
    e => (e.kind === 'load' && e.buffer === from ? { ...e, buffer: to } : e),
  )
  return mapped.buffer === from ? { ...mapped, buffer: to } : mapped
}

/** New ids for the loops of a copied statement; buffers that belong to them move to the copy. */
class Copies {
  next: LoopId
  constructor(next: LoopId) {
    this.next = next
  }
  fresh(): LoopId {
    return this.next++
  }
  renew(s: Statement, buffers: Map<string, Buffer>): Statement {
    if (s.kind !== 'loop') return s
    const id = this.fresh()
    for (const buffer of buffers.values()) if (buffer.scope === s.id) buffers.set(buffer.name, { ...buffer, scope: id })
    return {
      ...s,
      id,
      body: substituteLoop(s.body, s.id, affine.variable(id)).map(inner => this.renew(inner, buffers)),
    }
  }
}

/** The initial value of the accumulator. */
function startValue(before: readonly Statement[], accumulator: string): number | undefined {
  const start = leavesOf(before).find(({ leaf }) => leaf.buffer === accumulator)?.leaf
  return start?.value.kind === 'const' ? start.value.value : undefined
}
