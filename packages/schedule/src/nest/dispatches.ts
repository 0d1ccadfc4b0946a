/** The dispatches of a nest: the grid, the workgroup, and the shared memory per workgroup. */
import { type Buffer, type Extent, type Loop, type LoopMode, loadsOf, type Nest, type Statement } from '@qernel/dsl'
import { flatMap } from '@qernel/dsl/internal'
import { constantExtent } from './guards.ts'
import { buffersOf, type Leaf, type LeafPath, leavesOf, loopsOf } from './statements.ts'

export interface Dispatch {
  /** The stage that it is named after: the last one that it computes. */
  readonly stage: string
  readonly loops: readonly Loop[]
  /** Workgroups along x, y and z. */
  readonly grid: readonly [Extent, Extent, Extent]
  /** Threads along x, y and z. */
  readonly workgroup: readonly [number, number, number]
  readonly threads: number
  /** The arrays in global memory that it reads and writes. */
  readonly arrays: readonly string[]
  readonly shared: readonly SharedBuffer[]
  /** Bytes of shared memory that lanes use to combine; 0 if none do. */
  readonly meetingBytes: number
}

export interface SharedBuffer {
  readonly buffer: Buffer
  readonly bytes: number
}

const dimensions = ['x', 'y', 'z'] as const

/** One for each statement at the top of the nest. */
export const dispatchesOf = (nest: Nest): Dispatch[] => nest.body.map(statement => dispatchOf(nest, statement))

function dispatchOf(nest: Nest, statement: Statement): Dispatch {
  const loops = loopsOf([statement]).map(({ loop }) => loop)
  const leaves = leavesOf([statement])
  const touched = buffersOf(leaves)
  const grid = dimensions.map((dimension): Extent => loops.find(loop => loop.mode === `grid.${dimension}`)?.extent ?? 1)
  const workgroup = workgroupOf(nest, loops)
  const threads = workgroup.reduce((product, count) => product * count, 1)
  return {
    stage: leaves.at(-1)?.leaf.stage ?? '',
    loops,
    grid: grid as [Extent, Extent, Extent],
    workgroup,
    threads,
    arrays: flatMap(nest.buffers.values(), ({ name, memory }) =>
      memory === 'global' && touched.has(name) ? [name] : [],
    ),
    shared: flatMap(touched, name => {
      const buffer = nest.buffers.get(name)
      return buffer?.memory === 'shared' ? [{ buffer, bytes: bytesOf(nest, buffer) }] : []
    }),
    meetingBytes: meetingBytes(nest, leaves, threads),
  }
}

/**
 * How many threads along each dimension, counted from the first, run a leaf. A leaf without a loop along a dimension
 * belongs to the first thread, except for what every thread computes for itself: private values that are the same for
 * all, and folds of lanes that combine.
 *
 * @param around the loops that enclose the leaf
 * @param workgroup threads along x, y and z
 */
export function runningThreads(
  nest: Nest,
  leaf: Leaf,
  around: readonly Loop[],
  workgroup: Dispatch['workgroup'],
): Dispatch['workgroup'] {
  const isPrivate = nest.buffers.get(leaf.buffer)?.memory === 'register'
  // All lanes of a combine run, so all initialize their accumulators: a value without loads is right for every thread.
  const isForAll = around.some(loop => loop.combine !== undefined) || (isPrivate && loadsOf(leaf.value).length === 0)
  if (isForAll) return workgroup
  const along = dimensions.map((dimension, i): number => {
    const loop = around.find(({ mode }) => mode === `block.${dimension}`)
    if (loop === undefined) return isPrivate ? (workgroup[i] as number) : 1
    return constantExtent(nest, loop.extent) as number
  })
  return along as [number, number, number]
}

/** For lanes that combine, each thread has one slot per type of value, which holds a vector of up to 4. */
function meetingBytes(nest: Nest, leaves: readonly LeafPath[], threads: number): number {
  const types = new Map<string, number>()
  for (const { leaf, around } of leaves) {
    if (!around.some(loop => loop.combine === 'shared' && constantExtent(nest, loop.extent) !== 1)) continue
    const lanes = around.reduce(
      (n, loop) => n * (loop.mode === 'vector' ? (constantExtent(nest, loop.extent) ?? 1) : 1),
      1,
    )
    types.set(`${leaf.value.type} ${Math.min(4, lanes)}`, Math.min(4, lanes))
  }
  return [...types.values()].reduce((bytes, lanes) => bytes + 4 * threads * lanes, 0)
}

/** The threads along x, y and z of the dispatch with these loops. */
export const workgroupOf = (nest: Nest, loops: readonly Loop[]): Dispatch['workgroup'] =>
  dimensions.map(dimension => threadsAlong(nest, loops, `block.${dimension}`)) as [number, number, number]

/** Neighbouring loops on one dimension run on the same threads: as many as the longest needs. */
const threadsAlong = (nest: Nest, loops: readonly Loop[], mode: LoopMode): number =>
  Math.max(1, ...loops.filter(loop => loop.mode === mode).map(loop => constantExtent(nest, loop.extent) ?? 1))

/** Every element takes 4 bytes. */
const bytesOf = (nest: Nest, { dims }: Buffer): number =>
  4 * dims.reduce<number>((product, dim) => product * (constantExtent(nest, dim) ?? 1), 1)
