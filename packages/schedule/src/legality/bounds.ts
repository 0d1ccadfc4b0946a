/** Determines which indices are known to be in bounds wherever a leaf runs. */
import { type Affine, affine, type Extent, type Guard, type Loop, type Nest } from '@qernel/dsl'
import { constantExtent, neededGuards } from '../nest/guards.ts'
import type { Leaf } from '../nest/statements.ts'

/** Whether the guards of the leaf or the extents of its loops ensure `0 ≤ index < below` wherever it runs. */
export function isInBounds(nest: Nest, leaf: Leaf, around: readonly Loop[], index: Affine, below: Extent): boolean {
  if (index.terms.size === 0 && index.constant === 0) return !mayBeEmpty(nest, leaf, around, below)
  if (isCount(index) && leaf.where.some(guard => implies(nest, guard, around, index, below))) return true
  if (isCount(index)) return neededGuards(nest, { ...leaf, where: [{ axis: '', index, below }] }, around).length === 0
  const bound = constantExtent(nest, below)
  const range = rangeOf(nest, index, around)
  return bound !== undefined && range !== undefined && range.low >= 0 && range.high < bound
}

/** Whether a dimension may be empty where the leaf runs: a size may be 0, unless a loop or a guard of the leaf walks it. */
export function mayBeEmpty(nest: Nest, leaf: Leaf, around: readonly Loop[], dimension: Extent): boolean {
  const known = constantExtent(nest, dimension)
  if (known !== undefined || typeof dimension === 'number') return known === 0
  const isSame = (e: Extent) => typeof e !== 'number' && e.size === dimension.size && (e.plus ?? 0) === 0
  return (
    (dimension.plus ?? 0) === 0 &&
    !around.some(loop => isSame(loop.extent)) &&
    !leaf.where.some(guard => isSame(guard.below) && guard.peeled !== 'tail' && isCount(guard.index))
  )
}

/** Whether a guard bounds the index: the index never exceeds that of the guard or, with constant bounds, is a multiple of it plus a constant. */
function implies(nest: Nest, guard: Guard, around: readonly Loop[], index: Affine, below: Extent): boolean {
  const [first] = guard.index.terms
  if (first === undefined || guard.peeled === 'tail') return false
  if (affine.sameExtent(guard.below, below) && isAtMost(nest, index, guard.index, around)) return true
  const factor = affine.coefficient(index, first[0]) / first[1]
  const scaled = affine.scale(guard.index, factor)
  const rest = affine.add(index, affine.scale(scaled, -1))
  const [known, bound] = [constantExtent(nest, guard.below), constantExtent(nest, below)]
  if (rest.terms.size > 0 || known === undefined || bound === undefined) return false
  return factor * (known - 1) + rest.constant < bound
}

/** Whether an index is at most another one in every iteration of the loops. */
function isAtMost(nest: Nest, index: Affine, other: Affine, around: readonly Loop[]): boolean {
  const lowest = rangeOf(nest, affine.add(other, affine.scale(index, -1)), around)?.low
  return lowest !== undefined && lowest >= 0
}

/** Whether nothing is subtracted. */
const isCount = ({ constant, terms }: Affine): boolean => constant >= 0 && [...terms.values()].every(c => c > 0)

function rangeOf(
  nest: Nest,
  { constant, terms }: Affine,
  around: readonly Loop[],
): { readonly low: number; readonly high: number } | undefined {
  let [low, high] = [constant, constant]
  for (const [id, c] of terms) {
    const loop = around.find(l => l.id === id)
    const extent = loop && constantExtent(nest, loop.extent)
    if (extent === undefined) return undefined
    const furthest = c * Math.max(0, extent - 1)
    if (furthest < 0) low += furthest
    else high += furthest
  }
  return { low, high }
}
