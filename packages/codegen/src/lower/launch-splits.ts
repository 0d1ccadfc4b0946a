/**
 * Finds out whether a dispatch may run on part of a size at a time, as if its arrays had only those rows. If an array is too large for
 * one binding, one launch then becomes several.
 *
 * A loop `P in S/m` counts through a size S in steps of m. It may run in parts under three conditions: in arrays whose first axis is S, its body
 * accesses only the rows m·P … m·P + m − 1; nothing else depends on the value of P; and nothing is carried from one P to the next, except by an
 * atomic maximum. Then the first axis, the size and the grid shrink together.
 */
import {
  type Affine,
  affine,
  type Buffer,
  type Expr,
  type Extent,
  isAffine,
  type Loop,
  loadsOf,
  type Nest,
  type Statement,
  type Subscript,
  visitExpr,
} from '@qernel/dsl'
import { flatMap, leastCommonMultiple } from '@qernel/dsl/internal'
import { type Leaf, leavesOf } from '@qernel/schedule'
import { buffersOf, constantExtent } from '@qernel/schedule/internal'
import type { LaunchSplit } from '../launch/compiled-kernel.ts'

/** For each size that is the first axis of an array of the dispatch: how the dispatch may be split along it, or why it may not. */
export function launchSplits(nest: Nest, statement: Statement): LaunchSplit[] {
  const touched = buffersOf(leavesOf([statement]))
  const leading = flatMap(nest.buffers.values(), ({ name, memory, dims: [first] }) =>
    memory === 'global' && touched.has(name) && typeof first === 'object' ? [first.size] : [],
  )
  return [...new Set(leading)].map(size => {
    const found = splitAlong(nest, statement, size)
    return typeof found === 'string' ? { size, because: found } : found
  })
}

/** The reason why a dispatch cannot be split along a size, worded so that it can follow "since". */
type Obstacle = string

const isOf = (extent: Extent, size: string): extent is { readonly size: string; readonly dividedBy: number } =>
  typeof extent === 'object' && extent.size === size

const isLedBy = ({ dims }: Buffer, size: string): boolean => dims[0] !== undefined && isOf(dims[0], size)

function splitAlong(nest: Nest, statement: Statement, size: string): LaunchSplit | Obstacle {
  const fixed = nest.fixed.get(size)
  if (fixed !== undefined) return `${size} is fixed to ${fixed} when compiling; leave it open`
  const arrays = new Set<string>()
  let multipleOf = 1
  let isCarried = false
  const plain: string[] = []
  for (const { leaf, around } of leavesOf([statement])) {
    const loops = around.filter(loop => isOf(loop.extent, size))
    if (loops.some(({ extent }) => 'plus' in (extent as object))) return `${leaf.stage} walks past ${size}`
    if (loops.length > 1) return `${leaf.stage} walks ${size} within ${size}`
    const [part] = loops
    const step = part === undefined ? undefined : (part.extent as { dividedBy: number }).dividedBy
    if (step !== undefined) multipleOf = leastCommonMultiple(multipleOf, step)
    const computed = obstacleInGuards(leaf, size, part, step) ?? obstacleInValue(leaf.value, size, part)
    if (computed !== undefined) return computed
    for (const { buffer, index } of [leaf, ...loadsOf(leaf.value)]) {
      const rows = rowsOf(nest, nest.buffers.get(buffer) as Buffer, index, { size, part, step, around })
      if (typeof rows === 'object') return rows.obstacle
      if (rows === 'part') arrays.add(buffer)
    }
    const target = nest.buffers.get(leaf.buffer) as Buffer
    if (target.memory === 'global' && !isLedBy(target, size) && !(leaf.kind === 'update' && leaf.atomic)) {
      plain.push(target.name)
    }
    if (part !== undefined && target.memory !== 'global' && outlives(target, part, around)) isCarried = true
  }
  const [first] = plain
  if (first !== undefined) {
    const advice = 'split the reduction across the grid: splitReduction(…,combine=atomic)'
    return `${first} has no axis ${size}: every part would overwrite it; ${advice}`
  }
  const atomicOnly = leavesOf([statement]).every(
    ({ leaf }) => nest.buffers.get(leaf.buffer)?.memory !== 'global' || (leaf.kind === 'update' && leaf.atomic),
  )
  if (isCarried && !atomicOnly) return `a value is carried along ${size}`
  return { size, multipleOf, arrays: [...arrays] }
}

/** Whether local storage keeps its values from one iteration of a loop to the next. */
function outlives({ scope }: Buffer, loop: Loop, around: readonly Loop[]): boolean {
  const at = around.findIndex(({ id }) => id === scope)
  return at < around.indexOf(loop)
}

function obstacleInGuards(
  leaf: Leaf,
  size: string,
  part: Loop | undefined,
  step: number | undefined,
): Obstacle | undefined {
  for (const { index, below } of leaf.where) {
    const coefficient = part === undefined ? 0 : affine.coefficient(index, part.id)
    if (coefficient === 0 && !isOf(below, size)) continue
    if (isOf(below, size) && coefficient * below.dividedBy === step) continue
    return `${leaf.stage} compares another index with ${size}`
  }
  return undefined
}

function obstacleInValue(value: Expr, size: string, part: Loop | undefined): Obstacle | undefined {
  let found: Obstacle | undefined
  visitExpr(value, node => {
    if (node.kind === 'size' && node.size === size) found ??= `its value is computed with ${size} itself`
    if (node.kind === 'index' && part !== undefined && affine.coefficient(node.index, part.id) !== 0)
      found ??= `its value is computed with the index along ${size}`
  })
  return found
}

interface Walk {
  readonly size: string
  readonly part: Loop | undefined
  readonly step: number | undefined
  readonly around: readonly Loop[]
}

/** Whether an access stays in the rows of its array that belong to the current part, or its array is the same as a whole for all parts. */
type Rows = 'part' | 'whole' | { readonly obstacle: Obstacle }

function rowsOf(nest: Nest, buffer: Buffer, index: readonly Subscript[], { size, part, step, around }: Walk): Rows {
  const moves = (s: Subscript): boolean => part !== undefined && isAffine(s) && affine.coefficient(s, part.id) !== 0
  if (buffer.memory !== 'global') return 'whole'
  const { name, dims } = buffer
  if (typeof dims[0] === 'object' && ('plus' in dims[0] || 'times' in dims[0]))
    return { obstacle: `${name} is longer than ${size}` }
  if (dims.some((extent, i) => i > 0 && isOf(extent, size)))
    return { obstacle: `${size} is not the first axis of ${name}` }
  const isElsewhere = index.some((s, i) => (i > 0 || !isLedBy(buffer, size)) && moves(s))
  if (isElsewhere) return { obstacle: `${name} is read along ${size} on another axis` }
  if (!isLedBy(buffer, size)) return 'whole'
  const [row] = index
  const { dividedBy } = dims[0] as { dividedBy: number }
  const rest =
    row !== undefined && isAffine(row) && part !== undefined ? rowsWithin(nest, row, part, around) : undefined
  if (rest === undefined || rest.coefficient * dividedBy !== step || rest.largest >= rest.coefficient)
    return { obstacle: `rows of ${name} are used away from where they are` }
  return 'part'
}

/** A row as `coefficient · loop + r`: the coefficient and the largest r; undefined if r may be below 0 or has no known bound. */
function rowsWithin(
  nest: Nest,
  row: Affine,
  loop: Loop,
  around: readonly Loop[],
): { readonly coefficient: number; readonly largest: number } | undefined {
  let largest = row.constant
  if (row.constant < 0) return undefined
  for (const [id, c] of row.terms) {
    if (id === loop.id) continue
    const inner = around.find(each => each.id === id)
    const extent = inner && constantExtent(nest, inner.extent)
    if (extent === undefined || c < 0) return undefined
    largest += c * (extent - 1)
  }
  return { coefficient: affine.coefficient(row, loop.id), largest }
}
