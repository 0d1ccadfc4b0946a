/** How the buffers of a nest lie in memory: what is declared, and in how many lanes it is accessed. */
import {
  type Affine,
  affine,
  type Buffer,
  type Extent,
  elementsPerUnit,
  type Guard,
  type Loop,
  type Nest,
} from '@qernel/dsl'
import { constantExtent, isMultiple, type Leaf, leavesOf, neededGuards } from '@qernel/schedule'
import type { Target } from './target.ts'

/** One access of a leaf to a buffer. */
export interface Access {
  readonly buffer: Buffer
  readonly index: readonly (Affine | undefined)[]
  readonly around: readonly Loop[]
  readonly kind: 'load' | 'store'
  readonly atomic: boolean
  /** Whether some lanes may be outside, so that each is accessed by itself. */
  readonly masked: boolean
}

/** Whether elements of a buffer lie in 32-bit words that hold several. */
export const isPacked = (buffer: Buffer, target: Target): boolean => !target.nativeTypes.has(buffer.type.name)

/** Lanes of a chunk: the elements that one vector operation handles. */
export function chunkLanes(elements: number): 1 | 2 | 4 {
  return elements % 4 === 0 ? 4 : elements % 2 === 0 ? 2 : 1
}

/**
 * The loops around a leaf with the vector loop that walks the last dimension of its store as the innermost: its lanes lie
 * side by side in memory. Vector loops are parallel and stand directly inside each other, so their order means nothing.
 */
export function lanesInnermost(leaf: Leaf, around: readonly Loop[]): readonly Loop[] {
  const last = leaf.index.at(-1)
  const along = last && around.find(l => l.mode === 'vector' && affine.coefficient(last, l.id) === 1)
  return along === undefined ? around : [...around.filter(l => l !== along), along]
}

/** The vector loops around a leaf, how many elements they make together and how many of them one chunk takes. */
export function vectorLoops(
  nest: Nest,
  around: readonly Loop[],
): { loops: readonly Loop[]; elements: number; lanes: 1 | 2 | 4 } {
  const loops = around.filter(l => l.mode === 'vector')
  const extents = loops.map(l => constantExtent(nest, l.extent) as number)
  // A chunk stays in the innermost loop, so that it never goes from one row to the next.
  return { loops, elements: extents.reduce((n, extent) => n * extent, 1), lanes: chunkLanes(extents.at(-1) ?? 1) }
}

/** The most elements of a type that one access moves: 16 bytes, in vectors of at most 4. */
export function widestAccess(buffer: Buffer, target: Target): 1 | 2 | 4 {
  if (isPacked(buffer, target)) return 1
  return buffer.type.bits === 16 ? 2 : 4
}

/**
 * Whether `lanes` neighbouring elements, from where the vector loops stand at 0, are one aligned access: the innermost vector
 * loop walks the last dimension one by one, and everything else moves by whole multiples of `lanes`.
 */
export function isAlignedRun(
  nest: Nest,
  buffer: Buffer,
  index: Access['index'],
  around: readonly Loop[],
  lanes: number,
): boolean {
  const last = index.at(-1)
  if (last === undefined) return false
  const vectors = around.filter(l => l.mode === 'vector')
  const innermost = vectors.at(-1)
  if (
    innermost === undefined ||
    affine.coefficient(last, innermost.id) !== 1 ||
    (constantExtent(nest, innermost.extent) as number) % lanes !== 0
  )
    return false
  if (index.slice(0, -1).some(a => a === undefined || affine.coefficient(a, innermost.id) !== 0)) return false
  if (last.constant % lanes !== 0) return false
  for (const [loop, c] of last.terms) if (loop !== innermost.id && c % lanes !== 0) return false
  // Rows must start on a multiple too, unless only the first is touched.
  return (
    index.slice(0, -1).every(a => a !== undefined && a.terms.size === 0 && a.constant === 0) ||
    isMultiple(nest, buffer.dims.at(-1) as Extent, lanes)
  )
}

/**
 * The first of some numbers of words that an access to narrow elements may move at once: its vector loop walks whole runs of
 * them, aligned. 1 where none.
 */
export function runWords<Words extends 2 | 4>(
  nest: Nest,
  buffer: Buffer,
  index: Access['index'],
  around: readonly Loop[],
  choices: readonly Words[],
): Words | 1 {
  const { bits } = buffer.type
  // Three-bit codes straddle words; runs of words hold no whole number of them.
  if (32 % bits !== 0) return 1
  const fits = choices.find(words => {
    const elements = (words * 32) / bits
    const whole = Math.max(elements, elementsPerUnit(buffer.type))
    return accessLimit(around) >= elements && isAlignedRun(nest, buffer, index, around, whole)
  })
  return fits ?? 1
}

/** The guards that hold for some lanes of a vector and not for others. */
export function maskingGuards(nest: Nest, leaf: Leaf, around: readonly Loop[]): Guard[] {
  const vectors = around.filter(l => l.mode === 'vector')
  return neededGuards(nest, leaf, around).filter(guard => vectors.some(l => guard.index.terms.has(l.id)))
}

/** The most elements that one access of a leaf moves, where its vector loops say so. */
export const accessLimit = (around: readonly Loop[]): number =>
  Math.min(...around.filter(l => l.mode === 'vector').map(l => l.accessWidth ?? Number.POSITIVE_INFINITY))

/** Every access of the nest. */
export function accessesOf(
  nest: Nest,
  loadsOfLeaf: (leaf: Leaf) => readonly { buffer: string; index: Access['index'] }[],
): Access[] {
  return leavesOf(nest.body).flatMap(({ leaf, around: outward }): Access[] => {
    const around = lanesInnermost(leaf, outward)
    const common = { around, masked: maskingGuards(nest, leaf, around).length > 0 }
    return [
      {
        buffer: nest.buffers.get(leaf.buffer) as Buffer,
        index: leaf.index,
        kind: 'store',
        atomic: leaf.kind === 'update' && leaf.atomic === true,
        ...common,
      },
      ...loadsOfLeaf(leaf).map(
        ({ buffer, index }): Access => ({
          buffer: nest.buffers.get(buffer) as Buffer,
          index,
          kind: 'load',
          atomic: false,
          ...common,
        }),
      ),
    ]
  })
}

/**
 * Lanes of a declared element. Global arrays of targets without casts between pointers are declared as vec4 where some
 * access is that wide and no store is narrower (a component store may touch its neighbours); scalars are then read out of
 * vectors. Local buffers are declared as vectors where every access is one.
 */
export function declaredLanes(nest: Nest, buffer: Buffer, accesses: readonly Access[], target: Target): 1 | 2 | 4 {
  const own = accesses.filter(a => a.buffer === buffer)
  if (own.some(a => a.atomic)) return 1
  if (buffer.memory === 'global') {
    if (!target.vectorArithmetic) return 1
    if (isPacked(buffer, target)) return declaredWords(nest, buffer, own)
    const wide = (a: Access) =>
      !a.masked && accessLimit(a.around) >= 4 && isAlignedRun(nest, buffer, a.index, a.around, 4)
    return own.some(wide) && own.every(a => a.kind === 'load' || wide(a)) ? 4 : 1
  }
  for (const lanes of [4, 2] as const) if (own.length > 0 && own.every(a => isLaneGroup(nest, a, lanes))) return lanes
  return 1
}

/** Words of a declared element of a packed array: as many as the widest access moves, if every store moves as many. */
function declaredWords(nest: Nest, buffer: Buffer, accesses: readonly Access[]): 1 | 2 | 4 {
  const moves = (a: Access, words: 2 | 4) => !a.masked && runWords(nest, buffer, a.index, a.around, [words]) === words
  const fits = ([4, 2] as const).find(
    words => accesses.some(a => moves(a, words)) && accesses.every(a => a.kind === 'load' || moves(a, words)),
  )
  return fits ?? 1
}

function isLaneGroup(nest: Nest, { index, around, buffer }: Access, lanes: 2 | 4): boolean {
  return vectorLoops(nest, around).lanes === lanes && isAlignedRun(nest, buffer, index, around, lanes)
}

/** Bytes to which rows are padded: the whole units of a packed type (a word, 3 words of 3-bit codes, a half-split block). */
export function rowAlignment(buffer: Buffer, target: Target): number {
  return isPacked(buffer, target) ? (elementsPerUnit(buffer.type) * buffer.type.bits) / 8 : 1
}
