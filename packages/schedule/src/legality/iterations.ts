/**
 * What may be done with the iterations of a loop. Every step that runs them in parallel, in another order, repeatedly
 * or past their end must ask here: the answer depends on all values that the statements of the loop pass to each other,
 * never on a single statement.
 */
import { affine, areIndependent, type Loop, type LoopId, loadsOf, type Nest } from '@qernel/dsl'
import { affinesOf, flatMap } from '@qernel/dsl/internal'
import { type Leaf, leavesOf, loopsOf } from '../nest/statements.ts'

export { areIndependent }

/** Why iterations cannot run at the same time, in words that follow the name of the loop. */
export const whyInOrder = ({ ordered }: Loop): string =>
  ordered
    ? 'runs in order: each iteration passes a value to the next'
    : 'is a reduction: its iterations feed one result, so they cannot run at the same time'

/** The reasons that keep the iterations of a loop in order. Every loop made from a part of it keeps them. */
export const orderOf = ({ reduce, ordered }: Loop): Pick<Loop, 'reduce' | 'ordered'> => ({ reduce, ordered })

/** Whether two loops keep their iterations in order for the same reasons, so that one loop may replace both. */
export const areOrderedAlike = (a: Loop, b: Loop): boolean => a.reduce === b.reduce && a.ordered === b.ordered

/** Whether a reduction may be computed in parts: an ordered one passes on values that parts would lack. */
export const mayFoldInParts = ({ reduce, ordered, combine }: Loop): boolean =>
  reduce && !ordered && combine === undefined

/** The loops without independent iterations whose relative order differs between two lists. */
export function movedDependents(before: readonly Loop[], after: readonly Loop[]): readonly Loop[] {
  const dependent = (loops: readonly Loop[]) => loops.filter(loop => !areIndependent(loop))
  const [from, to] = [dependent(before), dependent(after)]
  return to.filter((loop, i) => loop !== from[i])
}

/** A buffer that outlives an iteration of a loop and that its iterations both write and read. */
export function handedOn(nest: Nest, loop: Loop): string | undefined {
  const leaves = leavesOf(loop.body).map(({ leaf }) => leaf)
  const read = new Set(flatMap(leaves, leaf => loadsOf(leaf.value).map(load => load.buffer)))
  return leaves.map(({ buffer }) => buffer).find(name => read.has(name) && !isFreshIn(nest, loop, name))
}

/**
 * Whether a loop may run past its end: in every extra iteration, each statement is either masked by its own guard or
 * harmless. A statement that fills storage fresh in each iteration is harmless if the loop does not move it and all
 * that it reads there has been initialized. A store to storage that outlives the iteration is harmless if it repeats
 * the store of the last iteration: the loop does not move it; everything it reads is written outside the loop, or in
 * the same iteration by stores that are not masked and read nothing else; and no masked store has overwritten its
 * result.
 */
export function mayRunPastEnd(nest: Nest, loop: Loop): boolean {
  const leaves = leavesOf(loop.body).map(({ leaf }) => leaf)
  const repeated = leaves.filter(leaf => !isMasked(leaf, loop))
  const isFresh = (buffer: string) => isFreshIn(nest, loop, buffer)
  const isWritten = (buffer: string) => leaves.some(leaf => leaf.buffer === buffer)
  const isRepeated = (buffer: string) => leaves.every(leaf => leaf.buffer !== buffer || repeated.includes(leaf))
  const isStarted = (buffer: string) =>
    isFresh(buffer) &&
    repeated.some(leaf => leaf.kind === 'store' && leaf.buffer === buffer) &&
    leaves.every(leaf => leaf.buffer !== buffer || leaf.kind === 'update' || repeated.includes(leaf))
  const reads = (leaf: Leaf) => loadsOf(leaf.value).map(load => load.buffer)
  /** Whether a fresh buffer holds the same values in an iteration past the end as in the last one. */
  const isSame = (buffer: string, asked: ReadonlySet<string> = new Set()): boolean =>
    asked.has(buffer) ||
    (isFresh(buffer) &&
      isRepeated(buffer) &&
      leaves.every(
        leaf =>
          leaf.buffer !== buffer ||
          reads(leaf).every(name => !isWritten(name) || isSame(name, new Set([...asked, buffer]))),
      ))
  return repeated.every(leaf => {
    if (isMoved(leaf, loop)) return false
    if (isFresh(leaf.buffer))
      return (
        (leaf.kind === 'store' || isStarted(leaf.buffer)) &&
        reads(leaf).every(buffer => !isWritten(buffer) || isStarted(buffer))
      )
    return (
      leaf.kind === 'store' &&
      isRepeated(leaf.buffer) &&
      reads(leaf).every(buffer => !isWritten(buffer) || isSame(buffer))
    )
  })
}

/** Whether each iteration of a loop has its own storage for a buffer. */
export function isFreshIn(nest: Nest, loop: Loop, name: string): boolean {
  const scope = nest.buffers.get(name)?.scope
  return scope !== undefined && (scope === loop.id || loopsOf(loop.body).some(path => path.loop.id === scope))
}

/** Whether the loop affects where a leaf stores, what it stores, or whether it does. */
const isMoved = (leaf: Leaf, { id }: { readonly id: LoopId }): boolean =>
  [...leaf.index, ...leaf.where.map(guard => guard.index), ...affinesOf(leaf.value)].some(a => a.terms.has(id))

/** Whether a guard of the leaf fails in every iteration past the end of the loop. */
const isMasked = (leaf: Leaf, loop: Loop): boolean =>
  leaf.where.some(guard => {
    const c = affine.coefficient(guard.index, loop.id)
    if (guard.peeled === 'tail') return false
    if (typeof loop.extent === 'number') return typeof guard.below === 'number' && loop.extent * c >= guard.below
    return (
      typeof guard.below !== 'number' &&
      guard.below.size === loop.extent.size &&
      loop.extent.dividedBy <= c * guard.below.dividedBy
    )
  })
