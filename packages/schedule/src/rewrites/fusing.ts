import { affine, type Loop, type LoopId, loadsOf, type Nest, type Statement } from '@qernel/dsl'
import { flatMap, nameOfStage } from '@qernel/dsl/internal'
import { areIndependent } from '../legality/iterations.ts'
import { type Refusal, refuse } from '../legality/refusal.ts'
import { leavesOf, substituteLoop } from '../nest/statements.ts'
import { findUnorderedValue } from '../nest/unordered-values.ts'
import { keepResults } from './handed-over.ts'
import { growLocals } from './local-dims.ts'
import { shareReductions } from './sharing-reductions.ts'

/**
 * Merges the `depth` outermost loops of the consumer's statement into those of the producer's.
 *
 * @param memory where to keep tiles of the producer's results; without it, only single elements are passed on
 */
export function fuseStages(
  nest: Nest,
  producer: string,
  consumer: string,
  depth: number,
  memory?: 'register' | 'shared',
): Nest | Refusal {
  const from = nest.body.findIndex(s => writes(nest, s, producer))
  const to = nest.body.findIndex(s => writes(nest, s, consumer))
  const gone = from < 0 ? producer : to < 0 ? consumer : undefined
  if (gone !== undefined)
    return refuse(
      'depends',
      `${gone} has been kept on chip since it was fused, and is not stored anywhere; name a stage in the same loops that is stored`,
      [],
      storedBeside(nest, gone).map(stage => `${gone === producer ? 'producer' : 'consumer'}=${stage}`),
    )
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
    return refuse('depends', `${consumer} needs a value that a statement in between computes`, [moved.id])
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
        `the outermost ${depth} loops of ${producer} and ${consumer} do not run over the same elements`,
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
        `${loop.name} is a vector loop, which can contain only one statement; fuse before vectorize`,
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
  const shared = new Set(outer.map(l => l.id))
  const others = nest.body.filter(s => s !== first && s !== second)
  const kept = keepResults(nest, { last, shared, consumer: renamed, others }, memory)
  if ('refused' in kept) return kept
  const inside = shareReductions(kept.body, kept.buffers)
  const body = outer.reduceRight<readonly Statement[]>((below, loop) => [{ ...loop, body: below }], inside)
  const scopes = new Map(inner.map((loop, i) => [loop.id, (outer[i] as Loop).id]))
  const buffers = new Map(
    [...kept.buffers].map(([name, b]) => [
      name,
      b.scope !== undefined && scopes.has(b.scope) ? { ...b, scope: scopes.get(b.scope) as LoopId } : b,
    ]),
  )
  const statements = flatMap(nest.body, (s, i) => (i === from ? body : i === to ? [] : [s]))
  const fused = growLocals(dropUnread({ ...nest, buffers, nextLoop: kept.nextLoop, body: statements }))
  return (kept.buffers.size > nest.buffers.size ? whyHandedOn(fused) : undefined) ?? fused
}

/** A refusal if a tile is filled and read in iterations that store the same elements again, such as those past the end of a loop. */
function whyHandedOn(nest: Nest): Refusal | undefined {
  const found = findUnorderedValue(nest)
  if (found === undefined) return undefined
  const { buffer, loop } = found
  return refuse('depends', `${buffer} would pass a value from one iteration of ${loop.name} to another`, [loop.id])
}

/** Whether a statement stores the results of a stage, not only register values or parts of a reduction. */
function writes({ kernel }: Nest, s: Statement, stage: string): boolean {
  const tensor = kernel.stages.find(each => nameOfStage(each) === stage)?.tensor
  return leavesOf([s]).some(({ leaf }) => leaf.stage === stage && leaf.buffer === tensor)
}

/** The stages that are stored by the statement that computes a stage which is not. */
function storedBeside(nest: Nest, stage: string): string[] {
  const statement = nest.body.find(s => leavesOf([s]).some(({ leaf }) => leaf.stage === stage))
  const stages = nest.kernel.stages.map(nameOfStage)
  return statement === undefined ? [] : stages.filter(each => writes(nest, statement, each))
}

function conflict(a: Statement, b: Statement): boolean {
  const touched = (s: Statement) =>
    leavesOf([s]).map(({ leaf }) => ({ writes: leaf.buffer, reads: loadsOf(leaf.value).map(l => l.buffer) }))
  return touched(a).some(x =>
    touched(b).some(y => y.reads.includes(x.writes) || x.reads.includes(y.writes) || x.writes === y.writes),
  )
}

/** The outermost loops: each is the only statement of the one around it, except the last. */
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

/** Drops stores to temporaries that nothing reads any more. */
function dropUnread(nest: Nest): Nest {
  const read = new Set(flatMap(leavesOf(nest.body), ({ leaf }) => loadsOf(leaf.value).map(load => load.buffer)))
  const unread = [...nest.buffers.values()]
    .filter(({ role, name }) => (role === 'temporary' || role === 'local') && !read.has(name))
    .map(({ name }) => name)
  if (unread.length === 0) return nest
  const prune = (body: readonly Statement[]): readonly Statement[] =>
    flatMap(body, (s): readonly Statement[] => {
      if (s.kind !== 'loop') return unread.includes(s.buffer) ? [] : [s]
      const inner = prune(s.body)
      return inner.length === 0 ? [] : [{ ...s, body: inner }]
    })
  // Buffers that only the dropped statements read are now unread too, such as the accumulator of an unused temporary.
  return dropUnread({
    ...nest,
    body: prune(nest.body),
    buffers: new Map([...nest.buffers].filter(([name]) => !unread.includes(name))),
  })
}
