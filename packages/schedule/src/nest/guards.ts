/** Which guards of a leaf still matter, given the extents of its loops and the facts about sizes. */
import { type Affine, affine, type Extent, type Guard, isBlock, type Loop, type Nest } from '@qernel/dsl'
import { flatMap, leastCommonMultiple } from '@qernel/dsl/internal'
import type { Leaf } from './statements.ts'

/** The largest number that a size is known to be a multiple of; 0 is a multiple of everything. */
export function knownMultiple(nest: Nest, size: string): number {
  const fixed = nest.fixed.get(size)
  if (fixed !== undefined) return fixed
  let multiple = nest.kernel.sizes.find(s => s.name === size)?.facts.multipleOf ?? 1
  for (const a of nest.assumptions) if (a.size === size) multiple = leastCommonMultiple(multiple, a.multipleOf)
  return multiple
}

/** Whether `extent` is known to be a multiple of `of`. */
export function isMultiple(nest: Nest, extent: Extent, of: number): boolean {
  if (of === 1) return true
  if (typeof extent === 'number') return extent % of === 0
  const fixed = nest.fixed.get(extent.size)
  if (fixed !== undefined) return affine.extentValue(extent, nest.fixed) % of === 0
  const { size, dividedBy, times = 1, plus = 0 } = extent
  const multiple = knownMultiple(nest, size)
  return (
    plus % of === 0 && (times % of === 0 || (multiple % dividedBy === 0 && ((multiple / dividedBy) * times) % of === 0))
  )
}

/** The value of an extent, if it is known at compile time. */
export function constantExtent(nest: Nest, extent: Extent): number | undefined {
  if (typeof extent === 'number') return extent
  const fixed = nest.fixed.get(extent.size)
  return fixed === undefined ? undefined : affine.extentValue(extent, nest.fixed)
}

/** The guards of a leaf that can fail, each without the loops that cannot make it fail. */
export function neededGuards(nest: Nest, { where }: Pick<Leaf, 'where'>, around: readonly Loop[]): Guard[] {
  return flatMap(where, guard => {
    const simple = simplifyGuard(nest, guard, around)
    return simple === undefined ? [] : [simple]
  })
}

function simplifyGuard(nest: Nest, guard: Guard, around: readonly Loop[]): Guard | undefined {
  if (guard.peeled === 'tail') return guard
  const index = dropInner(nest, guard, around)
  return alwaysBelow(nest, index, guard.below, around) ? undefined : { ...guard, index }
}

/**
 * If the bound, the constant and all outer coefficients are multiples of g and the inner terms stay below g, the inner
 * terms do not matter: 64·d + 4·lane + v < D is 64·d + 4·lane < D if D is a multiple of 4 and v < 4.
 */
function dropInner(nest: Nest, guard: Guard, around: readonly Loop[]): Affine {
  const { index, below } = guard
  const coefficients = [...new Set(index.terms.values())].filter(c => c > 1).sort((a, b) => b - a)
  for (const g of coefficients) {
    if (!isMultiple(nest, below, g) || index.constant % g !== 0) continue
    const inner = affine.part(index, id => affine.coefficient(index, id) % g !== 0)
    const largest = largestValue(nest, inner, around)
    if (largest === undefined || largest >= g) continue
    return { ...affine.part(index, id => affine.coefficient(index, id) % g === 0), constant: index.constant }
  }
  return index
}

/** The largest value of an affine with non-negative coefficients, if every loop in it has a known extent. */
export function largestValue(nest: Nest, index: Affine, around: readonly Loop[]): number | undefined {
  let largest = index.constant
  for (const [id, c] of index.terms) {
    const loop = around.find(l => l.id === id)
    const extent = loop && constantExtent(nest, loop.extent)
    if (extent === undefined || c < 0) return undefined
    largest += c * Math.max(0, extent - 1)
  }
  return largest
}

function alwaysBelow(nest: Nest, index: Affine, below: Extent, around: readonly Loop[]): boolean {
  const bound = constantExtent(nest, below)
  const largest = largestValue(nest, index, around)
  if (bound !== undefined && largest !== undefined)
    return largest < bound || around.some(l => !isBlock(l.mode) && constantExtent(nest, l.extent) === 0)
  if (typeof below === 'number') return false
  // One loop walks the size itself: c·(ceil(S/n) − 1) + rest < ceil(S/m), with c·m = n.
  const outer = around.find(
    l => affine.coefficient(index, l.id) > 0 && typeof l.extent !== 'number' && l.extent.size === below.size,
  )
  if (outer === undefined || typeof outer.extent === 'number') return false
  const c = affine.coefficient(index, outer.id)
  const rest = largestValue(nest, affine.add(index, affine.scale(affine.variable(outer.id), -c)), around)
  const times = below.times ?? 1
  if (rest === undefined || outer.extent.dividedBy * times !== c * below.dividedBy || rest >= c) return false
  return c === times || isMultiple(nest, { size: below.size, dividedBy: 1 }, outer.extent.dividedBy)
}
