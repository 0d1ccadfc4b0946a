/** The window of a tensor that a picture shows. */
import type { Nest } from '@qernel/dsl'
import { accessesOf, threadMap } from '@qernel/schedule/internal'
import type { Picture, PictureRequest, Touch } from '../protocol.ts'
import { countingSizes } from './counted.ts'
import { understand } from './subject.ts'

/** How much fits legibly on a page. */
const mostRows = 24
const mostColumns = 64

/** Enough touches for a window. */
const mostTouches = 1 << 13

/** The picture of one access of a subject. */
export function pictureOf({ subject, target, access }: PictureRequest): Picture | undefined {
  const one = understand(subject, target)
  if ('problems' in one) return undefined
  const { nest } = one.applied.scheduled
  return picture(nest, access, countingSizes(nest, subject.at))
}

/**
 * Who touches what through one access of a nest to global memory.
 *
 * @param position of the access, as `accessesOf` counts them
 * @returns undefined if there is no such access, its positions are computed, or the first workgroup touches nothing
 */
function picture(nest: Nest, position: number, sizes: ReadonlyMap<string, number>): Picture | undefined {
  const access = accessesOf(nest, 'global')[position]
  const map = access && threadMap(nest, access, sizes, { touches: mostTouches })
  const [first] = map?.touches ?? []
  if (map === undefined || first === undefined) return undefined
  const plane = first.at.slice(0, -2)
  const seen = map.touches.filter(({ at }) => plane.every((position, axis) => position === at[axis]))
  const rowOf = (at: readonly number[]): number => (at.length > 1 ? (at.at(-2) as number) : 0)
  const columnOf = (at: readonly number[]): number => at.at(-1) ?? 0
  const all = [...new Set(seen.map(({ at }) => rowOf(at)))].sort((a, b) => a - b)
  const rows = all.slice(0, mostRows)
  const left = seen.reduce((least, { at }) => Math.min(least, columnOf(at)), Number.POSITIVE_INFINITY)
  const right = seen.reduce((most, { at }) => Math.max(most, columnOf(at)), 0)
  const columns = Math.min(right - left + 1, mostColumns)
  const touches = new Map<string, Touch>()
  for (const { thread, moment, at } of seen) {
    const [row, column] = [rows.indexOf(rowOf(at)), columnOf(at) - left]
    const key = `${row},${column}`
    if (row >= 0 && column < columns && !touches.has(key)) touches.set(key, { thread, moment, row, column })
  }
  return {
    dims: map.dims,
    plane,
    rows,
    left,
    columns,
    ofRows: all.length,
    ofColumns: right - left + 1,
    touches: [...touches.values()],
  }
}
