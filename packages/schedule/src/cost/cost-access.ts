/** How the threads of a workgroup access memory: bytes per thread, and the distance to the bytes of the next thread. */
import { type Affine, affine, type Buffer, type Extent, type Loop, type Nest } from '@qernel/dsl'
import type { NativeTypes } from '../legality/whole-words.ts'
import { type Dispatch, runningThreads } from '../nest/dispatches.ts'
import { constantExtent, isMultiple, neededGuards } from '../nest/guards.ts'
import type { Leaf } from '../nest/statements.ts'

/** How the accesses of neighbouring threads of a workgroup lie in memory. */
export type LanePattern =
  /** Adjacent: thread i + 1 starts where thread i ends. */
  | 'contiguous'
  /** All threads access the same bytes. */
  | 'same'
  /** Further apart than the bytes they access, or a whole row apart. */
  | 'strided'
  /** Only one thread of the workgroup, or of each row of threads along x, accesses memory. */
  | 'single'
  /** The position is computed: a gather. */
  | 'computed'

export interface AccessShape {
  /** Bytes that one thread accesses at once; packed words count in full. */
  readonly laneBytes: number
  readonly pattern: LanePattern
}

/** The dimensions of a workgroup, in the order in which its threads are numbered. */
const neighbours: readonly Loop['mode'][] = ['block.x', 'block.y', 'block.z']

/** The most that any access moves. */
const widestBytes = 16

/** The most bytes that one access to a buffer moves. */
export type WidestAccess = (buffer: Buffer) => number

/** How the memory of a target performs an access. */
export interface CostTarget {
  /** Default: the hardware's 16 bytes. */
  readonly widest?: WidestAccess
  /** The types that are addressed directly; elements of other types are stored in whole words. Default: the 32-bit types, as in WGSL. */
  readonly nativeTypes?: NativeTypes
}
const words: NativeTypes = new Set(['f32', 'i32', 'u32'])

/**
 * @param index undefined if a subscript is computed
 * @param workgroup threads along x, y and z of the dispatch
 */
export function accessShape(
  nest: Nest,
  buffer: Buffer,
  index: readonly Affine[] | undefined,
  leaf: Leaf,
  around: readonly Loop[],
  kind: 'load' | 'store' | 'update',
  workgroup: Dispatch['workgroup'],
  { widest = () => widestBytes, nativeTypes = words }: CostTarget,
): AccessShape {
  const elementBytes = buffer.type.bits / 8
  if (index === undefined) return { laneBytes: elementBytes, pattern: 'computed' }
  const isPacked = kind === 'store' && !nativeTypes.has(buffer.type.name)
  const run = runLength(nest, buffer, index, leaf, around, isPacked)
  const laneBytes = Math.min(widest(buffer), run * elementBytes)
  const nearest = workgroup.findIndex(threads => threads > 1)
  if (nearest < 0 || runningThreads(nest, leaf, around, workgroup)[nearest] === 1)
    return { laneBytes, pattern: 'single' }
  const lane = around.find(loop => loop.mode === neighbours[nearest])
  const steps = index.map(a => (lane === undefined ? 0 : affine.coefficient(a, lane.id)))
  if (steps.every(step => step === 0)) return { laneBytes, pattern: 'same' }
  const sameRow = steps.slice(0, -1).every(step => step === 0)
  const apart = (steps.at(-1) ?? 0) * elementBytes
  return { laneBytes, pattern: sameRow && apart === laneBytes ? 'contiguous' : 'strided' }
}

/** The number of neighbouring elements that a thread accesses at once: those of its vector loop, if they are adjacent and aligned. */
function runLength(
  nest: Nest,
  buffer: Buffer,
  index: readonly Affine[],
  leaf: Leaf,
  around: readonly Loop[],
  isPacked: boolean,
): number {
  const last = index.at(-1)
  const vector = last && around.find(l => l.mode === 'vector' && affine.coefficient(last, l.id) === 1)
  if (last === undefined || vector === undefined) return 1
  const most = (widestBytes * 8) / buffer.type.bits
  const extent = constantExtent(nest, vector.extent) ?? 1
  // A packed word is always stored whole, even if only a part is in bounds; other accesses are wide only where every lane is in bounds.
  const masked = neededGuards(nest, leaf, around).some(guard => guard.index.terms.has(vector.id))
  if (!isPacked && (masked || vector.accessWidth === 1)) return 1
  for (let lanes = Math.min(extent, Math.floor(most)); lanes > 1; lanes--)
    if (extent % lanes === 0 && isAligned(nest, buffer, index, vector, lanes, isPacked)) return lanes
  return 1
}

function isAligned(
  nest: Nest,
  buffer: Buffer,
  index: readonly Affine[],
  vector: Loop,
  lanes: number,
  rowsAreWords: boolean,
): boolean {
  const last = index.at(-1) as Affine
  if (index.slice(0, -1).some(a => affine.coefficient(a, vector.id) !== 0)) return false
  if (last.constant % lanes !== 0) return false
  for (const [id, c] of last.terms) if (id !== vector.id && c % lanes !== 0) return false
  const firstRow = index.slice(0, -1).every(a => a.terms.size === 0 && a.constant === 0)
  const wordsARow = rowsAreWords && (lanes * buffer.type.bits) % 32 === 0
  return firstRow || wordsARow || isMultiple(nest, buffer.dims.at(-1) as Extent, lanes)
}
