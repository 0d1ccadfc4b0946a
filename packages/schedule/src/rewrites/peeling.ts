/** Makes two versions of the work of a thread: one without guards, used where everything is in bounds, and one for the rest. */
import {
  type Affine,
  affine,
  type Buffer,
  type Extent,
  type Guard,
  type Loop,
  type LoopId,
  type Nest,
  type Statement,
} from '@qernel/dsl'
import { flatMap } from '@qernel/dsl/internal'
import { orderOf } from '../legality/iterations.ts'
import { type Refusal, refuse } from '../legality/refusal.ts'
import { largestValue } from '../nest/guards.ts'
import { isMeant, leavesOf, loopsOf, mapLeaves, replaceLoopIn } from '../nest/statements.ts'
import { copyStatements } from './copying.ts'
import { freshName } from './loop-selection.ts'

/**
 *   block.x d_in { vector d_vec: q[…] = …  if 64·d + 4·d_in + d_vec < D }
 *   → block.x d_in {
 *       once d_whole { vector d_vec: q[…] = …  if 64·d + 4·d_in + 3 < D }
 *       once d_tail  { vector d_vec: q[…] = …  if 64·d + 4·d_in + 3 ≥ D and 64·d + 4·d_in + d_vec < D } }
 */
export function peel(nest: Nest, axis: string, stage: string | undefined): Nest | Refusal {
  let next = nest
  let named = false
  const wrapped = new Set<LoopId>()
  for (const { loop, around } of loopsOf(nest.body)) {
    if (around.some(({ id }) => wrapped.has(id))) continue
    const isWhole = areCopiesOfAll(loop, axis, stage)
    if (!isWhole && (isCopied(loop) || loopsOf(loop.body).some(path => !isCopied(path.loop)))) continue
    const leaves = leavesOf(loop.body, [...around, loop])
    if (!leaves.some(({ leaf }) => isMeant(leaf, stage))) continue
    if (loop.combine !== undefined) continue
    const guards = flatMap(leaves, ({ leaf, around: path }) =>
      flatMap(leaf.where, guard => (guard.axis === axis && guard.peeled === undefined ? [{ guard, path }] : [])),
    )
    named ||= guards.length > 0
    const wholes = guards.map(({ guard, path }) => furthest(nest, guard, path))
    const [whole] = wholes
    // Without copies or lanes in between, the guard itself is the test.
    if (whole === undefined || guards.every(({ guard }, i) => wholes[i] && affine.equals(guard.index, wholes[i].index)))
      continue
    const other = wholes.find(w => w === undefined || !affine.equals(w.index, whole.index) || !sameBound(w, whole))
    if (wholes.some(w => w === undefined) || other !== undefined)
      return refuse('accesses-differ', `the statements in ${loop.name} extend different distances along ${axis}`, [
        loop.id,
      ])
    next = inTwo(next, loop, { axis, ...whole }, isWhole)
    if (isWhole) wrapped.add(loop.id)
  }
  if (next !== nest) return next
  const guarded = [...new Set(flatMap(leavesOf(nest.body), ({ leaf }) => leaf.where.map(guard => guard.axis)))]
  return named
    ? refuse(
        'bad-argument',
        `each thread processes one element along ${axis}, so there is nothing to peel; vectorize or coarsen first`,
      )
    : refuse('no-such-loop', `nothing is guarded along ${axis}`, [], guarded)
}

interface Bound {
  readonly index: Affine
  readonly below: Extent
}

const isCopied = ({ mode }: Loop): boolean => mode === 'unroll' || mode === 'vector'
const sameBound = (a: Bound, b: Bound): boolean => affine.sameExtent(a.below, b.below)

/** The guard at the last copy and the last lane: if it holds there, it holds for all. */
function furthest(nest: Nest, { index, below }: Guard, around: readonly Loop[]): Bound | undefined {
  const copied = (id: LoopId) => around.some(l => l.id === id && isCopied(l))
  const inner = affine.part(index, copied)
  const largest = largestValue(nest, inner, around)
  if (largest === undefined) return undefined
  const outer = affine.part(index, id => !copied(id))
  return { index: { constant: index.constant + largest, terms: outer.terms }, below }
}

/**
 * Whether a loop copies a whole piece of work, whose own loops do not matter to the guards: `unroll u { block.x lane { … } }  if t + u < T`. Then both
 * versions hold all of its copies, so that those of the first, which no test separates, can be in flight together.
 */
function areCopiesOfAll(loop: Loop, axis: string, stage: string | undefined): boolean {
  const inner = loopsOf(loop.body).filter(path => !isCopied(path.loop))
  if (!isCopied(loop) || inner.length === 0 || inner.some(path => path.loop.combine !== undefined)) return false
  const leaves = leavesOf(loop.body)
  const guards = flatMap(leaves, ({ leaf }) => leaf.where.filter(guard => guard.axis === axis))
  return (
    leaves.every(({ leaf }) => isMeant(leaf, stage)) &&
    guards.some(({ index }) => index.terms.has(loop.id)) &&
    !guards.some(({ index, peeled }) => peeled !== undefined || inner.some(path => index.terms.has(path.loop.id)))
  )
}

/** @param isWhole whether the versions are made of the loop, instead of what it holds */
function inTwo(nest: Nest, loop: Loop, whole: Guard, isWhole: boolean): Nest {
  const mainId = nest.nextLoop
  const tailId = mainId + 1
  // A version is not part of the axis, so steps on the axis skip it.
  const once = (id: LoopId, name: string, body: readonly Statement[]): Loop => ({
    kind: 'loop',
    id,
    name: freshName(nest, `${whole.axis}_${name}`, {}),
    axis: `${whole.axis}_${name}`,
    mode: 'serial',
    ...orderOf(loop),
    extent: 1,
    body,
  })
  const work = isWhole ? [loop] : loop.body
  const main = mapLeaves(work, leaf => ({
    ...leaf,
    where: [...leaf.where.filter(guard => guard.axis !== whole.axis || guard.peeled), { ...whole, peeled: 'whole' }],
  }))
  const copied = copyStatements(
    { ...nest, nextLoop: tailId + 1 },
    work,
    isWhole ? new Map() : new Map([[loop.id, tailId]]),
    '_tail',
  )
  const outside: Guard = { ...whole, peeled: 'tail' }
  const tail = mapLeaves(copied.body, leaf => ({ ...leaf, where: [...leaf.where, outside] }))
  const both = [once(mainId, 'whole', main), once(tailId, 'tail', tail)]
  const next = replaceLoopIn(nest, loop.id, l => (isWhole ? both : [{ ...l, body: both }]))
  const buffers = new Map(
    [...copied.buffers].map(([name, b]): [string, Buffer] => [
      name,
      !isWhole && b.scope === loop.id ? { ...b, scope: mainId } : b,
    ]),
  )
  return { ...next, buffers, nextLoop: copied.nextLoop }
}
