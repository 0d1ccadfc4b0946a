/**
 * Grids with more blocks along y or z than there can be. Where the arrays of a kernel walk a size in whole rows, the host function
 * launches it on parts of them, at any length; elsewhere the size is bounded.
 */
import type { ArrayParameter, Launch } from '@qernel/codegen'
import { rowMultiple } from '@qernel/codegen/internal'
import { elementsPerUnit, greatestCommonDivisor, largestSize, leastCommonMultiple } from '@qernel/dsl/internal'
import type { PrintedKernels } from '../print/print-program.ts'
import { isPackedType } from '../reference/host-array.ts'

/** The most of a size that the blocks along one dimension cover. */
export interface GridBound {
  readonly size: string
  readonly most: number
  /** Which limit that is, in words. */
  readonly because: string
}

/** How a launch runs in parts of a size. */
export interface GridParts extends GridBound {
  /** Rows of a part, except for the last: not more than its blocks cover, and so many that all pointers keep their alignment. */
  readonly rows: number
  /** Which begin where the part does; others are whole. */
  readonly arrays: readonly string[]
}

/** The bounds of the sizes along which no launch may run in parts: the smallest of each. */
export function gridBounds(printed: PrintedKernels): GridBound[] {
  const smallest = new Map<string, GridBound>()
  for (const launch of printed.launches) {
    const cut = gridParts(launch, printed)?.size
    for (const bound of boundsOf(launch, printed))
      if (bound.size !== cut && bound.most < (smallest.get(bound.size)?.most ?? Number.POSITIVE_INFINITY))
        smallest.set(bound.size, bound)
  }
  return [...smallest.values()]
}

/** The parts of a launch whose grid may be too long: along the size that is bounded the most, where it may run in parts at all. */
export function gridParts(launch: Launch, printed: PrintedKernels): GridParts | undefined {
  const { requires } = printed.finished
  return boundsOf(launch, printed)
    .filter(({ size, most }) => !requires.some(fact => fact.size === size && (fact.atMost ?? largestSize) <= most))
    .sort((a, b) => a.most - b.most)
    .flatMap(bound => partsAlong(bound, launch, printed) ?? [])[0]
}

function boundsOf({ grid, gridWidth }: Launch, { longestGrid }: PrintedKernels): GridBound[] {
  if (gridWidth !== undefined) return []
  return grid.flatMap((extent, axis) => {
    if (typeof extent === 'number') return []
    const limit = longestGrid[axis] as number
    const most = limit * extent.dividedBy
    return most >= largestSize
      ? []
      : [{ size: extent.size, most, because: `at most ${limit} blocks along ${'xyz'[axis]}` }]
  })
}

function partsAlong(bound: GridBound, { splits = [] }: Launch, { finished, alignments }: PrintedKernels) {
  const split = splits.find(({ size }) => size === bound.size)
  if (split === undefined || 'because' in split) return undefined
  const aligned = finished.arrays.flatMap(array => {
    const bytes = split.arrays.includes(array.name) ? alignments.get(array.name)?.bytes : undefined
    return bytes === undefined ? [] : [rowsOfBytes(array, bytes)]
  })
  const unit = aligned.reduce(leastCommonMultiple, rowMultiple(split, finished))
  const rows = bound.most - (bound.most % unit)
  return rows === 0 ? undefined : { ...bound, rows, arrays: split.arrays }
}

/** Rows whose bytes are a multiple of so many, however long a row is. */
function rowsOfBytes({ type, shape }: ArrayParameter, bytes: number): number {
  const [first] = shape
  const dividedBy = typeof first === 'object' ? first.dividedBy : 1
  const entries = shape.length === 1 ? elementsPerUnit(type) : 1
  const pitch = shape.length > 1 && isPackedType(type) ? 4 : (entries * type.bits) / 8
  return (dividedBy * entries * bytes) / greatestCommonDivisor(bytes, pitch)
}
