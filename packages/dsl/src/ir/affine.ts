import type { Affine, Extent, LoopId } from './ir.ts'

/** Arithmetic on affine indices and extents. No function changes its arguments; results may share parts with them. */
export const constant = (value: number): Affine => ({ constant: value, terms: new Map() })
export const variable = (loop: LoopId): Affine => ({ constant: 0, terms: new Map([[loop, 1]]) })

export function add(a: Affine, b: Affine): Affine {
  const constant = a.constant + b.constant
  if (b.terms.size === 0) return { constant, terms: a.terms }
  const terms = new Map<LoopId, number>()
  for (const [loop, c] of a.terms) terms.set(loop, c)
  addTerms(terms, b, 1)
  return { constant, terms }
}

/** Adds the terms of `a`, times a factor. */
function addTerms(terms: Map<LoopId, number>, a: Affine, by: number): void {
  for (const [loop, c] of a.terms) {
    const sum = (terms.get(loop) ?? 0) + c * by
    if (sum === 0) terms.delete(loop)
    else terms.set(loop, sum)
  }
}

export function scale(a: Affine, by: number): Affine {
  if (by === 0) return constant(0)
  return by === 1 ? a : { constant: a.constant * by, terms: mapTerms(a, c => c * by) }
}

function mapTerms(a: Affine, change: (coefficient: number) => number): Map<LoopId, number> {
  const terms = new Map<LoopId, number>()
  for (const [loop, c] of a.terms) terms.set(loop, change(c))
  return terms
}

/** Replaces one loop variable by an affine expression. */
export function substitute(a: Affine, loop: LoopId, by: Affine): Affine {
  const coefficient = a.terms.get(loop)
  if (coefficient === undefined) return a
  const terms = new Map<LoopId, number>()
  for (const [other, c] of a.terms) if (other !== loop) terms.set(other, c)
  addTerms(terms, by, coefficient)
  return { constant: a.constant + by.constant * coefficient, terms }
}

export const coefficient = (a: Affine, loop: LoopId): number => a.terms.get(loop) ?? 0

/** The part of `a` made of the loops for which `keep` holds, without the constant. */
export function part(a: Affine, keep: (loop: LoopId) => boolean): Affine {
  const terms = new Map<LoopId, number>()
  for (const [loop, c] of a.terms) if (keep(loop)) terms.set(loop, c)
  return { constant: 0, terms }
}

export function equals(a: Affine, b: Affine): boolean {
  if (a.constant !== b.constant || a.terms.size !== b.terms.size) return false
  for (const [loop, c] of a.terms) if (b.terms.get(loop) !== c) return false
  return true
}

/** `a / by` if `by` divides every coefficient and the constant, otherwise undefined. */
export function divideExactly(a: Affine, by: number): Affine | undefined {
  if (a.constant % by !== 0) return undefined
  for (const c of a.terms.values()) if (c % by !== 0) return undefined
  return { constant: a.constant / by, terms: mapTerms(a, c => c / by) }
}

/** `ceil(extent / by)`. */
export function divideExtent(extent: Extent, by: number): Extent {
  if (typeof extent === 'number') return Math.ceil(extent / by)
  if (extent.plus !== undefined || extent.times !== undefined)
    throw new Error(`${printExtent(extent)} is not a valid loop length`)
  return by === 1 ? extent : { size: extent.size, dividedBy: extent.dividedBy * by }
}

export function sameExtent(a: Extent, b: Extent): boolean {
  if (typeof a === 'number' || typeof b === 'number') return a === b
  return a.size === b.size && a.dividedBy === b.dividedBy && a.times === b.times && a.plus === b.plus
}

/** The value of an extent; throws if a size is missing. */
export function extentValue(extent: Extent, sizes: ReadonlyMap<string, number>): number {
  if (typeof extent === 'number') return extent
  const size = sizes.get(extent.size)
  if (size === undefined) throw new Error(`size ${extent.size} has no value`)
  return (extent.times ?? 1) * Math.ceil(size / extent.dividedBy) + (extent.plus ?? 0)
}

export function printExtent(extent: Extent): string {
  if (typeof extent === 'number') return String(extent)
  const quotient = extent.dividedBy === 1 ? extent.size : `${extent.size}/${extent.dividedBy}`
  const product = extent.times === undefined ? quotient : `${extent.times}·${quotient}`
  return extent.plus === undefined ? product : `${product}+${extent.plus}`
}
