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
  for (const { loop, around } of loopsOf(nest.body)) {
    if (isCopied(loop) || loopsOf(loop.body).some(path => !isCopied(path.loop))) continue
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
    next = inTwo(next, loop, { axis, ...whole })
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

function inTwo(nest: Nest, loop: Loop, whole: Guard): Nest {
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
  const main = mapLeaves(loop.body, leaf => ({
    ...leaf,
    where: [...leaf.where.filter(guard => guard.axis !== whole.axis || guard.peeled), { ...whole, peeled: 'whole' }],
  }))
  const copied = copyStatements({ ...nest, nextLoop: tailId + 1 }, loop.body, new Map([[loop.id, tailId]]), '_tail')
  const outside: Guard = { ...whole, peeled: 'tail' }
  const tail = mapLeaves(copied.body, leaf => ({ ...leaf, where: [...leaf.where, outside] }))
  const next = replaceLoopIn(nest, loop.id, l => [
    { ...l, body: [once(mainId, 'whole', main), once(tailId, 'tail', tail)] },
  ])
  const buffers = new Map(
    [...copied.buffers].map(([name, b]): [string, Buffer] => [name, b.scope === loop.id ? { ...b, scope: mainId } : b]),
  )
  return { ...next, buffers, nextLoop: copied.nextLoop }
}
