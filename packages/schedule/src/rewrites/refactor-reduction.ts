/** Splits a reduction into partial results and a second fold over them (rfactor in Halide and TVM). */

import {
  type Affine,
  affine,
  type Buffer,
  type Loop,
  type LoopId,
  type Nest,
  type Statement,
  type Store,
  type Update,
} from '@qernel/dsl'
import { flatMap, numbered, UniqueNames } from '@qernel/dsl/internal'
import { isFreshIn } from '../legality/iterations.ts'
import { type Refusal, refuse } from '../legality/refusal.ts'
import { type Leaf, leavesOf, mapLeaves, pathTo, substituteLoop, unfused } from '../nest/statements.ts'
import { overshoot } from './splitting.ts'

/** The form of the loop over the parts. */
export interface PartsForm {
  /** The loop over the parts, in which each part is folded. */
  readonly name: string
  readonly count: number
  /** The second loop: lanes of a workgroup, or a plain loop of the thread (with its mode). */
  readonly combine?: 'shared' | 'subgroup'
  readonly foldMode: 'serial' | 'unroll'
}

/**
 *   a = 0                              for p in P { part[p] = 0;  for i in N/P { part[p] = max(part[p], x[P·i + p]) } }
 *   for i in N { a = max(a, x[i]) }  →   a = 0;  for p in P (reduce) { a = max(a, part[p]) }
 *
 * @param body the statements that contain the reduce loop
 * @param owner the loop with this body: it owns the parts
 */
export function splitParts(
  nest: Nest,
  body: readonly Statement[],
  loop: Loop,
  owner: LoopId | undefined,
  form: PartsForm,
): { body: readonly Statement[]; nest: Nest } | Refusal {
  // An inner fold that restarts in every iteration stays as it is.
  const isFresh = ({ buffer }: Leaf): boolean => isFreshIn(nest, loop, buffer)
  const own = flatMap(leavesOf(loop.body), ({ leaf }) => (isFresh(leaf) ? [] : [leaf]))
  const updates = flatMap(own, leaf => (leaf.kind === 'update' ? [leaf] : []))
  const position = body.indexOf(loop)
  const stored = own.find(leaf => leaf.kind !== 'update')
  if (stored !== undefined)
    return refuse('not-nested', `${loop.name} does more than reduce: it stores ${stored.buffer}`, [loop.id])
  const past = overshoot(nest, loop, form.count)
  if (past !== undefined) return past
  let nextLoop = nest.nextLoop
  const buffers = new Map(nest.buffers)
  const parts = new Map<string, string>()
  for (const { buffer: name } of updates) {
    const accumulator = buffers.get(name) as Buffer
    if (accumulator.memory !== 'register')
      return refuse('not-nested', `${name} is not private, so it cannot be split`, [loop.id])
    if (parts.has(name)) continue
    const part = freshBuffer(buffers, `${name}_part`)
    const { scope: _, ...rest } = accumulator
    buffers.set(part, {
      ...rest,
      name: part,
      dims: [form.count, ...accumulator.dims],
      ...(owner === undefined ? {} : { scope: owner }),
    })
    parts.set(name, part)
  }
  const partLoop = nextLoop++
  const inner: Affine = affine.variable(partLoop)
  // Parts are interleaved: neighbouring lanes read neighbouring elements.
  const index = affine.add(affine.scale(affine.variable(loop.id), form.count), inner)
  const intoParts = mapLeaves(substituteLoop(loop.body, loop.id, index), leaf =>
    isFresh(leaf) ? leaf : { ...leaf, buffer: parts.get(leaf.buffer) as string, index: [inner, ...leaf.index] },
  )
  const lanes = { kind: 'loop', name: form.name, axis: loop.axis, mode: 'serial', extent: form.count } as const
  const around = pathTo(nest, loop.id)?.around ?? []
  const starts = [...parts.keys()].map(name => startOf(nest, name, around))
  const initial = flatMap(starts, start =>
    start.copy(
      () => nextLoop++,
      leaf => ({
        ...leaf,
        buffer: parts.get(leaf.buffer) as string,
        index: [inner, ...leaf.index],
      }),
    ),
  )
  const fold: Loop = {
    ...lanes,
    id: partLoop,
    reduce: false,
    ordered: false,
    body: [...initial, { ...loop, extent: affine.divideExtent(loop.extent, form.count), body: intoParts }],
  }
  const second = nextLoop++
  const again = flatMap(starts, start =>
    start.copy(
      () => nextLoop++,
      leaf => {
        const { op } = updates.find(u => u.buffer === leaf.buffer) as Update
        const value = {
          kind: 'load',
          type: leaf.value.type,
          buffer: parts.get(leaf.buffer) as string,
          index: [affine.variable(second), ...leaf.index],
        } as const
        return { kind: 'update', ...placeOf(leaf), op, buffer: leaf.buffer, index: leaf.index, value, where: [] }
      },
    ),
  )
  const combine: Loop = {
    ...lanes,
    id: second,
    mode: form.combine === undefined ? form.foldMode : 'serial',
    reduce: true,
    ordered: false,
    ...(form.combine === undefined ? {} : { combine: form.combine }),
    body: again,
  }
  return {
    body: [...body.slice(0, position), fold, combine, ...body.slice(position + 1)],
    nest: { ...nest, buffers, nextLoop },
  }
}

/** The stage, and its part, that a leaf belongs to. */
const placeOf = ({ stage, part }: Leaf): Pick<Leaf, 'stage' | 'part'> => ({
  stage,
  ...(part === undefined ? {} : { part }),
})

/** The statement that initializes an accumulator. Parts start with the same value as the whole: with 0 for a maximum that cannot be negative. */
interface Start {
  readonly leaf: Store
  /** A copy of the statement for another leaf, under new loops. */
  copy(fresh: () => LoopId, leaf: (start: Store) => Leaf): readonly Statement[]
}

/** @param around the loops that enclose both the start and its copy */
function startOf(nest: Nest, accumulator: string, around: readonly Loop[]): Start {
  const path = leavesOf(nest.body).find(({ leaf }) => leaf.buffer === accumulator && leaf.kind === 'store')
  if (path === undefined) throw new Error(`nothing starts ${accumulator}`)
  const leaf = path.leaf as Store
  const outside = new Set(around.map(l => l.id))
  const walked = path.around.filter(l => !outside.has(l.id) && leaf.index.some(a => a.terms.has(l.id)))
  return {
    leaf,
    copy: (fresh, rewrite) =>
      walked.reduceRight<readonly Statement[]>(
        (body, l) => {
          const id = fresh()
          return [{ ...l, id, body: substituteLoop(body, l.id, affine.variable(id)) }]
        },
        [rewrite({ ...leaf, where: [] })],
      ),
  }
}

/** A name that no buffer uses yet: `x_part`, then `x_part2`, … */
export const freshBuffer = (buffers: ReadonlyMap<string, Buffer>, wanted: string): string =>
  new UniqueNames(buffers.keys(), numbered).fresh(wanted)

/**
 * Splits a combine loop over lanes: each lane first folds `by` neighbouring parts alone.
 *
 *   for p in 128 (combine) { a = max(a, part[p]) }
 *   → for p in 32 { lane[p] = 0; for v in 4 { lane[p] = max(lane[p], part[4·p + v]) } };  for p in 32 (combine) { a = max(a, lane[p]) }
 */
export function splitCombine(
  nest: Nest,
  body: readonly Statement[],
  loop: Loop,
  owner: LoopId | undefined,
  by: number,
  innerName: string,
): { body: readonly Statement[]; nest: Nest } | Refusal {
  const lanes = loop.extent as number
  if (lanes % by !== 0)
    return refuse('does-not-divide', `${loop.name} combines ${lanes} lanes, which ${by} does not divide`, [loop.id])
  if (loop.mode !== 'serial')
    return refuse('already-bound', `${loop.name} is ${loop.mode}; split it before bind`, [loop.id])
  let nextLoop = nest.nextLoop
  const buffers = new Map(nest.buffers)
  const laneLoop = nextLoop++
  const foldLoop = nextLoop++
  const start: Statement[] = []
  const fold: Statement[] = []
  const combine: Statement[] = []
  for (const statement of loop.body) {
    const copy = (id: () => LoopId, s: Statement): Statement => {
      if (s.kind !== 'loop') return s
      const own = id()
      return { ...s, id: own, body: substituteLoop(s.body, s.id, affine.variable(own)).map(inner => copy(id, inner)) }
    }
    const renew = (): Statement => copy(() => nextLoop++, statement)
    const { leaf } = leavesOf([statement])[0] as { leaf: Update }
    const name = freshBuffer(buffers, `${leaf.buffer}_lane`)
    const accumulator = buffers.get(leaf.buffer) as Buffer
    const { scope: _, ...rest } = accumulator
    buffers.set(name, {
      ...rest,
      name,
      dims: [lanes / by, ...accumulator.dims],
      ...(owner === undefined ? {} : { scope: owner }),
    })
    const lane = affine.variable(laneLoop)
    start.push(
      ...mapLeaves([renew()], l => ({
        kind: 'store',
        ...placeOf(l),
        buffer: name,
        index: [lane, ...l.index],
        value: startOf(nest, leaf.buffer, []).leaf.value,
        where: [],
      })),
    )
    const wide = affine.add(affine.scale(lane, by), affine.variable(foldLoop))
    fold.push(
      ...substituteLoop(
        mapLeaves([renew()], l => ({ ...l, buffer: name, index: [lane, ...l.index] })),
        loop.id,
        wide,
      ),
    )
    combine.push(
      ...mapLeaves([statement], l => ({
        ...unfused(l),
        value: { kind: 'load', type: l.value.type, buffer: name, index: [affine.variable(loop.id), ...l.index] },
      })),
    )
  }
  const { combine: _, ...plain } = loop
  const folding: Loop = {
    ...plain,
    id: foldLoop,
    name: innerName,
    mode: 'unroll',
    reduce: true,
    extent: by,
    body: fold,
  }
  const own: Loop = { ...plain, id: laneLoop, reduce: false, extent: lanes / by, body: [...start, folding] }
  const position = body.indexOf(loop)
  const next = [
    ...body.slice(0, position),
    own,
    { ...loop, extent: lanes / by, body: combine },
    ...body.slice(position + 1),
  ]
  return { body: next, nest: { ...nest, buffers, nextLoop } }
}

/** Rewrites the list of statements that contains a loop. */
export function rewriteAround(
  nest: Nest,
  id: LoopId,
  rewrite: (
    nest: Nest,
    body: readonly Statement[],
    loop: Loop,
    owner: LoopId | undefined,
  ) => { body: readonly Statement[]; nest: Nest } | Refusal,
): Nest | Refusal {
  let next: Nest = nest
  let refusal: Refusal | undefined
  const walk = (body: readonly Statement[], owner: LoopId | undefined): readonly Statement[] => {
    const loop = body.find((s): s is Loop => s.kind === 'loop' && s.id === id)
    if (loop !== undefined) {
      const result = rewrite(next, body, loop, owner)
      if ('refused' in result) {
        refusal = result
        return body
      }
      next = result.nest
      return result.body
    }
    return body.map(s => (s.kind === 'loop' ? { ...s, body: walk(s.body, s.id) } : s))
  }
  const body = walk(nest.body, undefined)
  return refusal ?? { ...next, body }
}
