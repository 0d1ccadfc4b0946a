/** The memory layout of a nest's buffers: the lanes of their declared elements, and the width of accesses. */
import { type Affine, affine, type Buffer, type Extent, isAffine, loadsOf, type Nest } from '@qernel/dsl'
import { elementsPerUnit, flatMap } from '@qernel/dsl/internal'
import type { Leaf } from '@qernel/schedule'
import { constantExtent, isMultiple } from '@qernel/schedule/internal'
import type { Target } from '../../compile/target.ts'
import type { LeafShape } from '../leaf-shape.ts'

/** One access of a leaf to a buffer. */
export interface Access {
  readonly buffer: Buffer
  readonly index: readonly (Affine | undefined)[]
  readonly kind: 'load' | 'store'
  readonly atomic: boolean
  readonly shape: LeafShape
}

/** Whether several elements of a buffer share a 32-bit word. */
export const isPacked = (buffer: Buffer, target: Target): boolean => !target.nativeTypes.has(buffer.type.name)

/** The most elements of a type that one access moves: 16 bytes, in vectors of at most 4. */
export function widestAccess(buffer: Buffer, target: Target): 1 | 2 | 4 {
  if (isPacked(buffer, target)) return 1
  return buffer.type.bits === 16 ? 2 : 4
}

/**
 * Whether `lanes` neighboring elements, starting where the vector loops are 0, are one aligned access: the innermost vector loop
 * advances the last dimension by one element, and all other terms are multiples of `lanes`.
 *
 * @param padded the number of elements that rows are padded to a multiple of
 */
export function isAlignedRun(
  nest: Nest,
  buffer: Buffer,
  index: Access['index'],
  shape: LeafShape,
  lanes: number,
  padded = 1,
): boolean {
  const last = index.at(-1)
  if (last === undefined) return false
  const innermost = shape.vectors.at(-1)
  if (
    innermost === undefined ||
    affine.coefficient(last, innermost.id) !== 1 ||
    (constantExtent(nest, innermost.extent) as number) % lanes !== 0
  )
    return false
  if (index.slice(0, -1).some(a => a === undefined || affine.coefficient(a, innermost.id) !== 0)) return false
  if (last.constant % lanes !== 0) return false
  for (const [loop, c] of last.terms) if (loop !== innermost.id && c % lanes !== 0) return false
  // Rows must start at a multiple too, unless only the first row is accessed.
  return (
    padded % lanes === 0 ||
    index.slice(0, -1).every(a => a !== undefined && a.terms.size === 0 && a.constant === 0) ||
    isMultiple(nest, buffer.dims.at(-1) as Extent, lanes)
  )
}

/**
 * The first of the given numbers of words that an access to narrow elements may move at once, which requires that its vector loop
 * covers whole, aligned runs of them; 1 if none fits.
 */
export function runWords<Words extends 2 | 4>(
  nest: Nest,
  buffer: Buffer,
  index: Access['index'],
  shape: LeafShape,
  choices: readonly Words[],
): Words | 1 {
  const { bits } = buffer.type
  // Three-bit codes straddle words, and runs of words do not hold a whole number of them.
  if (32 % bits !== 0) return 1
  const fits = choices.find(words => {
    const elements = (words * 32) / bits
    const whole = Math.max(elements, elementsPerUnit(buffer.type))
    return shape.accessLimit >= elements && isAlignedRun(nest, buffer, index, shape, whole)
  })
  return fits ?? 1
}

/** Every access of the nest, with the shape of the statement that makes it. */
export function accessesOf(nest: Nest, shapes: readonly ReadonlyMap<Leaf, LeafShape>[]): Access[] {
  const accesses: Access[] = []
  for (const [leaf, shape] of flatMap(shapes, each => [...each])) {
    accesses.push({
      buffer: nest.buffers.get(leaf.buffer) as Buffer,
      index: leaf.index,
      kind: 'store',
      atomic: leaf.kind === 'update' && leaf.atomic === true,
      shape,
    })
    for (const { buffer, index } of loadsOf(leaf.value))
      accesses.push({
        buffer: nest.buffers.get(buffer) as Buffer,
        index: index.map(s => (isAffine(s) ? s : undefined)),
        kind: 'load',
        atomic: false,
        shape,
      })
  }
  return accesses
}

/**
 * The lanes of a declared element. On targets without pointer casts, a global array is declared as vec4 if some access is that wide
 * and no store is narrower (storing one component may touch its neighbors); scalars are then read out of vectors. A local buffer
 * is declared as vectors if every access to it is a vector.
 */
export function declaredLanes(nest: Nest, buffer: Buffer, accesses: readonly Access[], target: Target): 1 | 2 | 4 {
  const own = accesses.filter(a => a.buffer === buffer)
  if (own.some(a => a.atomic)) return 1
  if (buffer.memory === 'global') {
    if (!target.vectorArithmetic) return 1
    if (isPacked(buffer, target)) return declaredWords(nest, buffer, own)
    const wide = ({ index, shape }: Access) =>
      shape.masks.length === 0 && shape.accessLimit >= 4 && isAlignedRun(nest, buffer, index, shape, 4)
    return own.some(wide) && own.every(a => a.kind === 'load' || wide(a)) ? 4 : 1
  }
  // Lanes that keep their elements are written one by one.
  if (own.some(a => a.kind === 'store' && a.shape.keepsMasked)) return 1
  for (const lanes of [4, 2] as const) if (own.length > 0 && own.every(a => isLaneGroup(nest, a, lanes))) return lanes
  return 1
}

/** The words of a declared element of a packed array: the number that the widest access moves, if every store moves as many. */
function declaredWords(nest: Nest, buffer: Buffer, accesses: readonly Access[]): 1 | 2 | 4 {
  const moves = ({ index, shape }: Access, words: 2 | 4) =>
    shape.masks.length === 0 && runWords(nest, buffer, index, shape, [words]) === words
  const fits = ([4, 2] as const).find(
    words => accesses.some(a => moves(a, words)) && accesses.every(a => a.kind === 'load' || moves(a, words)),
  )
  return fits ?? 1
}

const isLaneGroup = (nest: Nest, { index, shape, buffer }: Access, lanes: 2 | 4): boolean =>
  shape.lanes === lanes && isAlignedRun(nest, buffer, index, shape, lanes)

/** Rows are padded to a multiple of this many bytes: one unit of a packed type (a word, 3 words of 3-bit codes, a half-split block). */
export function rowAlignment(buffer: Buffer, target: Target): number {
  return isPacked(buffer, target) ? (elementsPerUnit(buffer.type) * buffer.type.bits) / 8 : 1
}
