import {
  type Affine,
  affine,
  type Buffer,
  type Expr,
  isAffine,
  type Loop,
  type LoopId,
  loadsOf,
  type Nest,
  nameOfStage,
  type Statement,
  type StorageType,
  type Store,
  storageTypes,
} from '@qernel/dsl'
import { areIndependent } from './iterations.ts'
import { freshBuffer } from './refactor-reduction.ts'
import { type Refusal, refuse } from './refusal.ts'
import { leavesOf, mapLeaf, mapLeaves, substituteLoop } from './statements.ts'

/** Merges the `depth` outermost loops of the consumer's statement into those of the producer's. */
export function fuseStages(nest: Nest, producer: string, consumer: string, depth: number): Nest | Refusal {
  const from = nest.body.findIndex(s => writes(nest, s, producer))
  const to = nest.body.findIndex(s => writes(nest, s, consumer))
  const gone = from < 0 ? producer : to < 0 ? consumer : undefined
  if (gone !== undefined)
    return refuse('depends', `${gone} is kept in a register since it was fused, and is stored nowhere`)
  if (from === to) return refuse('depends', `${producer} and ${consumer} are already in one nest`, [])
  if (to < from)
    return refuse(
      'depends',
      `${consumer} comes before ${producer}`,
      [],
      [`fuse(producer=${consumer},consumer=${producer})`],
    )
  const first = nest.body[from] as Loop
  const second = nest.body[to] as Loop
  const between = nest.body.slice(from + 1, to)
  const moved = between.find(s => conflict(s, second))
  if (moved?.kind === 'loop')
    return refuse('depends', `${consumer} needs what a statement in between computes`, [moved.id])
  const outer = chainOf(first, depth)
  const inner = chainOf(second, depth)
  for (const [i, loop] of outer.entries()) {
    const other = inner[i]
    if (
      other === undefined ||
      loop === undefined ||
      !affine.sameExtent(loop.extent, other.extent) ||
      !areIndependent(loop) ||
      !areIndependent(other)
    )
      return refuse(
        'not-nested',
        `the outermost ${depth} loops of ${producer} and ${consumer} do not walk the same elements`,
        [loop.id, ...(other === undefined ? [] : [other.id])],
        depth > 1 ? [`loops=${depth - 1}`] : [],
      )
    if (loop.mode !== other.mode)
      return refuse(
        'already-bound',
        `${loop.name} is ${loop.mode} in ${producer} and ${other.mode} in ${consumer}; fuse before bind`,
        [loop.id, other.id],
      )
    if (loop.mode === 'vector')
      return refuse(
        'not-nested',
        `${loop.name} is a vector loop, which holds one statement; fuse before vectorize`,
        [loop.id, other.id],
        i > 0 ? [`loops=${i}`] : [],
      )
  }
  if (outer.length < depth || inner.length < depth)
    return refuse(
      'not-nested',
      `${producer} and ${consumer} have fewer than ${depth} loops directly inside each other`,
      [first.id, second.id],
    )
  const last = outer.at(-1) as Loop
  const tail = (inner.at(-1) as Loop).body
  const renamed = outer.reduce<readonly Statement[]>(
    (body, loop, i) => substituteLoop(body, (inner[i] as Loop).id, affine.variable(loop.id)),
    tail,
  )
  const kept = keepResults(nest, last, renamed, new Set(outer.map(l => l.id)))
  if ('refused' in kept) return kept
  const body = outer.reduceRight<readonly Statement[]>((inside, loop) => [{ ...loop, body: inside }], kept.body)
  const scopes = new Map(inner.map((loop, i) => [loop.id, (outer[i] as Loop).id]))
  const buffers = new Map(
    [...kept.buffers].map(([name, b]) => [
      name,
      b.scope !== undefined && scopes.has(b.scope) ? { ...b, scope: scopes.get(b.scope) as LoopId } : b,
    ]),
  )
  const statements = nest.body.flatMap((s, i) => (i === from ? body : i === to ? [] : [s]))
  return dropUnread({ ...nest, buffers, body: statements })
}

/** Whether a statement stores the results of a stage: not only what it keeps in a register, or parts of a reduction. */
function writes({ kernel }: Nest, s: Statement, stage: string): boolean {
  const tensor = kernel.stages.find(each => nameOfStage(each) === stage)?.tensor
  return leavesOf([s]).some(({ leaf }) => leaf.stage === stage && leaf.buffer === tensor)
}

function conflict(a: Statement, b: Statement): boolean {
  const touched = (s: Statement) =>
    leavesOf([s]).map(({ leaf }) => ({ writes: leaf.buffer, reads: loadsOf(leaf.value).map(l => l.buffer) }))
  return touched(a).some(x =>
    touched(b).some(y => y.reads.includes(x.writes) || x.reads.includes(y.writes) || x.writes === y.writes),
  )
}

/** The outermost loops, each the only statement of the one around it but for the last. */
function chainOf(loop: Loop, depth: number): Loop[] {
  const chain = [loop]
  while (chain.length < depth) {
    const last = chain.at(-1) as Loop
    const next = last.body[0]
    if (last.body.length !== 1 || next?.kind !== 'loop') return chain
    chain.push(next)
  }
  return chain
}

/**
 * Every tensor that the producer stores and the consumer reads is kept in a register: legal where the consumer reads, in each
 * iteration of the shared loops, just the element that this iteration stores.
 */
function keepResults(
  nest: Nest,
  last: Loop,
  consumer: readonly Statement[],
  shared: ReadonlySet<LoopId>,
): { body: readonly Statement[]; buffers: Map<string, Buffer> } | Refusal {
  const buffers = new Map(nest.buffers)
  let produced = [...last.body]
  let consuming = consumer
  for (const { leaf } of leavesOf(last.body)) {
    const tensor = nest.buffers.get(leaf.buffer) as Buffer
    if (leaf.kind !== 'store' || tensor.memory !== 'global') continue
    const reads = leavesOf(consuming).flatMap(({ leaf: l }) =>
      loadsOf(l.value).filter(load => load.buffer === tensor.name),
    )
    if (reads.length === 0) continue
    const same = (a: Affine, b: unknown): boolean =>
      isAffine(b as Affine) && affine.equals(a, b as Affine) && [...a.terms.keys()].every(id => shared.has(id))
    if (!reads.every(load => leaf.index.every((a, i) => same(a, load.index[i]))) || !last.body.includes(leaf))
      return refuse('depends', `an iteration of ${last.name} would read elements of ${tensor.name} that others store`, [
        last.id,
      ])
    const name = freshBuffer(buffers, `${tensor.name}_kept`)
    const type = storageTypes.get(tensor.type.compute) as StorageType
    buffers.set(name, { name, memory: 'register', role: 'local', type, dims: [], scope: last.id })
    const value: Expr =
      tensor.type.kind === 'float' && tensor.type.bits < 32
        ? { kind: 'op', op: 'narrow', type: 'f32', args: [leaf.value], to: tensor.type }
        : leaf.value
    const keep: Store = { kind: 'store', stage: leaf.stage, buffer: name, index: [], value, where: leaf.where }
    const load: Expr = { kind: 'load', type: tensor.type.compute, buffer: name, index: [] }
    produced = produced.flatMap(s => (s === leaf ? [keep, { ...leaf, value: load }] : [s]))
    consuming = mapLeaves(consuming, l =>
      mapLeaf(
        l,
        a => a,
        e => (e.kind === 'load' && e.buffer === tensor.name ? load : e),
      ),
    )
  }
  return { body: [...produced, ...consuming], buffers }
}

/** Temporaries that nothing reads any more are not stored. */
function dropUnread(nest: Nest): Nest {
  const read = new Set(leavesOf(nest.body).flatMap(({ leaf }) => loadsOf(leaf.value).map(load => load.buffer)))
  const unread = [...nest.buffers.values()]
    .filter(({ role, name }) => (role === 'temporary' || role === 'local') && !read.has(name))
    .map(({ name }) => name)
  if (unread.length === 0) return nest
  const prune = (body: readonly Statement[]): readonly Statement[] =>
    body.flatMap((s): readonly Statement[] => {
      if (s.kind !== 'loop') return unread.includes(s.buffer) ? [] : [s]
      const inner = prune(s.body)
      return inner.length === 0 ? [] : [{ ...s, body: inner }]
    })
  // What only the dropped statements read is unread now: the accumulator of a temporary that nobody uses.
  return dropUnread({
    ...nest,
    body: prune(nest.body),
    buffers: new Map([...nest.buffers].filter(([name]) => !unread.includes(name))),
  })
}
