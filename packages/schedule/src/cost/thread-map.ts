/** Which thread accesses which elements, and how memory serves that: for pictures, and for counting transactions. */

import { affine, type Buffer, isBound, type Loop, type LoopId, type Nest } from '@qernel/dsl'
import { roundUpTo } from '@qernel/dsl/internal'
import { type Dispatch, dispatchesOf, runningThreads } from '../nest/dispatches.ts'
import type { NestAccess } from '../nest/nest-accesses.ts'

/** One element that a thread touches. */
export interface Touch {
  /** Number of the thread in its workgroup, along x first. */
  readonly thread: number
  /** Which of its accesses, counted in the order of the loops that are neither vectors nor threads. */
  readonly moment: number
  /** The position of the element. */
  readonly at: readonly number[]
}

/** The elements that the first workgroup accesses through one access. */
export interface ThreadMap {
  /** Threads of the workgroup. */
  readonly threads: number
  /** The extents of the buffer. */
  readonly dims: readonly number[]
  readonly touches: readonly Touch[]
  /** Whether the map is complete; otherwise it holds only the first moments. */
  readonly isWhole: boolean
}

/** The most positions that are examined: guards may exclude the first workgroup from all of them. */
const mostTried = 1 << 20

/** Threads that run together: a warp, or a subgroup of the same width. */
export const warpThreads = 32

/** A part of a map: its first threads, their first accesses, and as many touches. */
export interface PartOfMap {
  readonly threads?: number
  readonly moments?: number
  /** Later moments are left out; by default 16384. */
  readonly touches?: number
}

export function threadMap(
  nest: Nest,
  { buffer, index, loops, leaf, around, dispatch }: NestAccess,
  sizes: ReadonlyMap<string, number>,
  part: PartOfMap = {},
): ThreadMap | undefined {
  if (index === undefined) return undefined
  const extent = (loop: Loop): number => affine.extentValue(loop.extent, sizes)
  const block = (['x', 'y', 'z'] as const).map(d => around.find(loop => loop.mode === `block.${d}`))
  const { workgroup, threads } = dispatchesOf(nest)[dispatch] as Dispatch
  const running = runningThreads(nest, leaf, around, workgroup)
  const vectors = around.filter(loop => loop.mode === 'vector')
  // A loop that does not change the position only touches it again.
  const walked = around.filter(loop => !isBound(loop.mode) && loop.mode !== 'vector' && loops.has(loop.id))
  const moments = walked.reduce((product, loop) => product * extent(loop), 1)
  const lanes = vectors.reduce((product, loop) => product * extent(loop), 1)
  const touches: Touch[] = []
  const most = part.touches ?? 1 << 14
  const shown = Math.min(threads, part.threads ?? threads)
  const values = new Map<LoopId, number>()
  const digits = (number: number, of: readonly Loop[]): void => {
    let rest = number
    for (const loop of [...of].reverse()) {
      values.set(loop.id, rest % extent(loop))
      rest = Math.floor(rest / extent(loop))
    }
  }
  const value = (a: (typeof index)[number]): number =>
    [...a.terms].reduce((sum, [id, c]) => sum + c * (values.get(id) ?? 0), a.constant)
  let moment = 0
  const isRoom = (): boolean => touches.length + shown * lanes <= most && moment * shown * lanes < mostTried
  for (; moment < Math.min(moments, part.moments ?? moments) && isRoom(); moment++) {
    digits(moment, walked)
    for (let thread = 0; thread < shown; thread++) {
      const place = placeOf(thread, workgroup)
      if (place.some((at, i) => at >= (running[i] as number))) continue
      for (const [i, loop] of block.entries()) if (loop !== undefined) values.set(loop.id, place[i] as number)
      for (let lane = 0; lane < lanes; lane++) {
        digits(lane, vectors)
        if (leaf.where.every(guard => value(guard.index) < affine.extentValue(guard.below, sizes)))
          touches.push({ thread, moment, at: index.map(value) })
      }
    }
  }
  return {
    threads,
    dims: buffer.dims.map(dim => affine.extentValue(dim, sizes)),
    touches,
    isWhole: moment === moments && shown === threads,
  }
}

/** The position of a thread in its workgroup; threads are numbered along x first. */
const placeOf = (thread: number, [x, y]: Dispatch['workgroup']): readonly number[] => [
  thread % x,
  Math.floor(thread / x) % y,
  Math.floor(thread / (x * y)),
]

/** The bytes and sectors that one access of the first warp moves. */
export interface WarpTransactions {
  /** Bytes that its threads use, each counted once. */
  readonly bytes: number
  /** Sectors of 32 bytes that the memory moves for them. */
  readonly sectors: number
  /** The fewest sectors that hold this many bytes. */
  readonly fewest: number
}

const sectorBits = 32 * 8

/**
 * The sectors of global memory that the first access of the first warp moves. Rows of packed types start on a word.
 *
 * @param laneBytes bytes that one access of a thread takes
 */
export function warpTransactions({ dims, touches }: ThreadMap, { type }: Buffer, laneBytes: number): WarpTransactions {
  const elements = Math.max(1, Math.floor((laneBytes * 8) / type.bits))
  const taken = new Map<number, number>()
  const used = new Set<number>()
  const sectors = new Set<number>()
  const last = dims.at(-1) ?? 1
  const rowBits = type.bits < 32 ? roundUpTo(last * type.bits, 32) : last * type.bits
  for (const { thread, moment, at } of touches) {
    if (thread >= warpThreads || moment > 0) continue
    const before = taken.get(thread) ?? 0
    if (before === elements) continue
    taken.set(thread, before + 1)
    const row = at.slice(0, -1).reduce((sum, i, d) => sum * (dims[d] as number) + i, 0)
    const bit = row * rowBits + (at.at(-1) ?? 0) * type.bits
    used.add(bit)
    for (const end of [bit, bit + type.bits - 1]) sectors.add(Math.floor(end / sectorBits))
  }
  const bits = used.size * type.bits
  return { bytes: Math.ceil(bits / 8), sectors: sectors.size, fewest: Math.ceil(bits / sectorBits) }
}

const banks = 32

/**
 * How many times longer the first shared-memory access of the first warp takes than without conflicts: threads that
 * access different words of one bank take turns. 1 means no conflicts.
 */
export function bankConflicts({ dims, touches }: ThreadMap): number {
  const words = new Map<number, Set<number>>()
  const all = new Set<number>()
  for (const { thread, moment, at } of touches) {
    if (thread >= warpThreads || moment > 0) continue
    const word = at.reduce((sum, i, d) => sum * (dims[d] as number) + i, 0)
    all.add(word)
    words.set(word % banks, (words.get(word % banks) ?? new Set()).add(word))
  }
  const turns = Math.max(1, ...[...words.values()].map(set => set.size))
  return turns / Math.max(1, Math.ceil(all.size / banks))
}
