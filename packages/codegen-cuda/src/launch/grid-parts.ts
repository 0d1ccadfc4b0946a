/**
 * Handles grids that would need too many blocks along y or z. If the arrays of a kernel use the size in whole rows, the host function
 * launches the kernel on parts of them, so the size may have any length. Otherwise the size is bounded.
 */
import type { ArrayParameter, Launch } from '@qernel/codegen'
import { rowMultiple } from '@qernel/codegen/internal'
import { elementsPerUnit, flatMap, greatestCommonDivisor, largestSize, leastCommonMultiple } from '@qernel/dsl/internal'
import type { PrintedKernels } from '../print/print-program.ts'
import { isPackedType } from '../reference/host-array.ts'

/** The largest size that the blocks along one dimension cover. */
export interface GridBound {
  readonly size: string
  readonly most: number
  /** The limit in words. */
  readonly because: string
}

/** How a launch runs in parts of a size. */
export interface GridParts extends GridBound {
  /** The number of rows of each part except the last: the most that its blocks cover and that keep all pointers aligned. */
  readonly rows: number
  /** The arrays whose pointers move to the start of the part. All others stay whole. */
  readonly arrays: readonly string[]
}

/** The bounds of launches for sizes along which they do not run in parts; the smallest bound per size. */
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

/** The parts of a launch whose grid may be too long, along the size with the smallest bound that allows parts; undefined if there is none. */
export function gridParts(launch: Launch, printed: PrintedKernels): GridParts | undefined {
  const { requires } = printed.finished
  return flatMap(
    boundsOf(launch, printed)
      .filter(({ size, most }) => !requires.some(fact => fact.size === size && (fact.atMost ?? largestSize) <= most))
      .sort((a, b) => a.most - b.most),
    bound => partsAlong(bound, launch, printed) ?? [],
  )[0]
}

function boundsOf({ grid, gridWidth }: Launch, { longestGrid }: PrintedKernels): GridBound[] {
  if (gridWidth !== undefined) return []
  return flatMap(grid, (extent, axis) => {
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
  const aligned = flatMap(finished.arrays, array => {
    const bytes = split.arrays.includes(array.name) ? alignments.get(array.name)?.bytes : undefined
    return bytes === undefined ? [] : [rowsOfBytes(array, bytes)]
  })
  const unit = aligned.reduce(leastCommonMultiple, rowMultiple(split, finished))
  const rows = bound.most - (bound.most % unit)
  return rows === 0 ? undefined : { ...bound, rows, arrays: split.arrays }
}

/** The number of rows whose byte length is a multiple of `bytes` for every length of a row. */
function rowsOfBytes({ type, shape }: ArrayParameter, bytes: number): number {
  const [first] = shape
  const dividedBy = typeof first === 'object' ? first.dividedBy : 1
  const entries = shape.length === 1 ? elementsPerUnit(type) : 1
  const pitch = shape.length > 1 && isPackedType(type) ? 4 : (entries * type.bits) / 8
  return (dividedBy * entries * bytes) / greatestCommonDivisor(bytes, pitch)
}
