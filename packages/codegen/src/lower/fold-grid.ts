/**
 * Folds grids that have more workgroups along a dimension than a device launches. Workgroups are numbered consecutively and launched
 * as rows; each derives its place in the grid of the schedule from its number:
 *
 * ```
 *                                      let group_index = group.y * 65535 + group.x
 *   let t = group.y * 16 + local.y     let group_x = group_index % ceil(D / 64)
 *   …                              →   let group_y = group_index / ceil(D / 64)
 *                                      let t = group_y * 16 + local.y
 *                                      if (group_y < ceil(T / 16)) { … }
 * ```
 */
import { type Extent, isGrid, type Loop } from '@qernel/dsl'
import type { UniqueNames } from '@qernel/dsl/internal'
import { flatMap } from '@qernel/dsl/internal'
import { constantExtent } from '@qernel/schedule/internal'
import { longestRow } from '../launch/launch-plan.ts'
import type { DeviceExpr, DeviceStatement, Dimension } from '../program/device-program.ts'
import { u32Type } from '../program/device-type.ts'
import { lessThan, literal, op, product, sum, variable } from '../program/expressions.ts'
import type { ProgramLayout } from './function-context.ts'

const dimensions: readonly Dimension[] = ['x', 'y', 'z']

export interface FoldedGrid {
  /** Workgroups in a row. */
  readonly width: number
  readonly statements: readonly DeviceStatement[]
  /** The position of a workgroup along each dimension that has a loop. */
  readonly place: ReadonlyMap<Dimension, DeviceExpr>
  /** False for the surplus workgroups that fill the last row; undefined if there cannot be any. */
  readonly isInside: DeviceExpr | undefined
}

/** Whether the grid loops of one dispatch have to be folded: a known extent exceeds the limit, or it is a launch-time size and `folds` is set. */
export function needsFolding(loops: readonly Loop[], { nest, target, folds }: ProgramLayout): boolean {
  const grid = loops.filter(({ mode }) => isGrid(mode))
  // An empty grid is never launched, and there is nothing to divide by.
  if (grid.some(({ extent }) => constantExtent(nest, extent) === 0)) return false
  return grid.some(({ mode, extent }) => {
    const axis = dimensions.findIndex(d => mode === `grid.${d}`)
    const known = constantExtent(nest, extent)
    return known === undefined ? folds : known > (target.limits.workgroupsPerDimension[axis] as number)
  })
}

/** @param extent the number of iterations as an expression */
export function foldGrid(
  loops: readonly Loop[],
  { target }: ProgramLayout,
  namer: UniqueNames,
  extent: (e: Extent) => DeviceExpr,
): FoldedGrid {
  const place = new Map<Dimension, DeviceExpr>()
  const used = flatMap(dimensions, dimension => {
    const loop = loops.find(({ mode }) => mode === `grid.${dimension}`)
    if (loop === undefined) return []
    const count = extent(loop.extent)
    if (count.kind !== 'literal' || count.value !== 1) return [{ dimension, count }]
    place.set(dimension, literal(0))
    return []
  })
  const width = Math.min(target.limits.workgroupsPerDimension[0], longestRow)
  const statements: DeviceStatement[] = []
  const bind = (wanted: string, value: DeviceExpr): DeviceExpr => {
    const name = namer.fresh(wanted)
    statements.push({ kind: 'let', name, value })
    return variable(name, u32Type)
  }
  const inRow = group('x')
  let rest = width === longestRow ? inRow : bind('group_index', sum(product(group('y'), literal(width)), inRow))
  for (const [position, { dimension, count }] of used.entries()) {
    const isLast = position === used.length - 1
    place.set(dimension, isLast ? rest : bind(`group_${dimension}`, op('remainder', u32Type, rest, count)))
    const next = used[position + 1]
    if (next === undefined) break
    const isNextLast = position + 2 === used.length
    rest = bind(isNextLast ? `group_${next.dimension}` : 'group_rest', op('quotient', u32Type, rest, count))
  }
  const last = used.at(-1)
  const isInside = last === undefined || width === longestRow ? undefined : lessThan(rest, last.count)
  return { width, statements, place, isInside }
}

const group = (dimension: Dimension): DeviceExpr => ({ kind: 'thread', type: u32Type, of: 'group', dimension })
