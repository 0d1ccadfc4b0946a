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
import { constantExtent } from '@qernel/schedule/internal'
import type { LaunchSplit } from '../launch/compiled-kernel.ts'

/** For each size that is the first axis of an array of the dispatch: how the dispatch may be split along it, or why it may not. */
export function launchSplits(nest: Nest, statement: Statement): LaunchSplit[] {
  const touched = new Set(
    flatMap(leavesOf([statement]), ({ leaf }) => [leaf.buffer, ...loadsOf(leaf.value).map(load => load.buffer)]),
  )
  const leading = flatMap(nest.buffers.values(), ({ name, memory, dims: [first] }) =>
    memory === 'global' && touched.has(name) && typeof first === 'object' ? [first.size] : [],
  )
  return [...new Set(leading)].map(size => {
    try {
      return splitAlong(nest, statement, size)
    } catch (obstacle) {
      if (!(obstacle instanceof Obstacle)) throw obstacle
      return { size, because: obstacle.message }
    }
  })
}

/** The reason why a dispatch cannot be split along a size, worded so that it can follow "since". */
class Obstacle extends Error {}

const isOf = (extent: Extent, size: string): extent is { readonly size: string; readonly dividedBy: number } =>
  typeof extent === 'object' && extent.size === size

const isLedBy = ({ dims }: Buffer, size: string): boolean => dims[0] !== undefined && isOf(dims[0], size)

function splitAlong(nest: Nest, statement: Statement, size: string): LaunchSplit {
  const fixed = nest.fixed.get(size)
  if (fixed !== undefined) throw new Obstacle(`${size} is fixed to ${fixed} when compiling; leave it open`)
  const arrays = new Set<string>()
  let multipleOf = 1
  let isCarried = false
  const plain: string[] = []
  for (const { leaf, around } of leavesOf([statement])) {
    const loops = around.filter(loop => isOf(loop.extent, size))
    if (loops.some(({ extent }) => 'plus' in (extent as object))) throw new Obstacle(`${leaf.stage} walks past ${size}`)
    if (loops.length > 1) throw new Obstacle(`${leaf.stage} walks ${size} within ${size}`)
    const [part] = loops
    const step = part === undefined ? undefined : (part.extent as { dividedBy: number }).dividedBy
    if (step !== undefined) multipleOf = leastCommonMultiple(multipleOf, step)
    checkGuards(leaf, size, part, step)
    checkValues(leaf.value, size, part)
    const access = (name: string, index: readonly Subscript[]) => {
      if (isPart(nest, nest.buffers.get(name) as Buffer, index, { size, part, step, around })) arrays.add(name)
    }
    access(leaf.buffer, leaf.index)
    for (const load of loadsOf(leaf.value)) access(load.buffer, load.index)
    const target = nest.buffers.get(leaf.buffer) as Buffer
    if (target.memory === 'global' && !isLedBy(target, size) && !(leaf.kind === 'update' && leaf.atomic)) {
      plain.push(target.name)
    }
    if (part !== undefined && target.memory !== 'global' && outlives(target, part, around)) isCarried = true
  }
  const [first] = plain
  if (first !== undefined) {
    const advice = 'split the reduction across the grid: splitReduction(…,combine=atomic)'
    throw new Obstacle(`${first} has no axis ${size}: every part would overwrite it; ${advice}`)
  }
  const atomicOnly = leavesOf([statement]).every(
    ({ leaf }) => nest.buffers.get(leaf.buffer)?.memory !== 'global' || (leaf.kind === 'update' && leaf.atomic),
  )
  if (isCarried && !atomicOnly) throw new Obstacle(`a value is carried along ${size}`)
  return { size, multipleOf, arrays: [...arrays] }
}

/** Whether local storage keeps its values from one iteration of a loop to the next. */
function outlives({ scope }: Buffer, loop: Loop, around: readonly Loop[]): boolean {
  const at = around.findIndex(({ id }) => id === scope)
  return at < around.indexOf(loop)
}

function checkGuards(leaf: Leaf, size: string, part: Loop | undefined, step: number | undefined): void {
  for (const { index, below } of leaf.where) {
    const coefficient = part === undefined ? 0 : affine.coefficient(index, part.id)
    if (coefficient === 0 && !isOf(below, size)) continue
    if (isOf(below, size) && coefficient * below.dividedBy === step) continue
    throw new Obstacle(`${leaf.stage} compares another index with ${size}`)
  }
}

function checkValues(value: Expr, size: string, part: Loop | undefined): void {
  visitExpr(value, node => {
    if (node.kind === 'size' && node.size === size) throw new Obstacle(`its value is computed with ${size} itself`)
    if (node.kind === 'index' && part !== undefined && affine.coefficient(node.index, part.id) !== 0) {
      throw new Obstacle(`its value is computed with the index along ${size}`)
    }
  })
}

interface Walk {
  readonly size: string
  readonly part: Loop | undefined
  readonly step: number | undefined
  readonly around: readonly Loop[]
}

/** Whether an access stays in the rows of its array that belong to the current part; `false` if the whole array is the same for all parts. */
function isPart(nest: Nest, buffer: Buffer, index: readonly Subscript[], { size, part, step, around }: Walk): boolean {
  const moves = (s: Subscript): boolean => part !== undefined && isAffine(s) && affine.coefficient(s, part.id) !== 0
  if (buffer.memory !== 'global') return false
  const { name, dims } = buffer
  if (typeof dims[0] === 'object' && ('plus' in dims[0] || 'times' in dims[0]))
    throw new Obstacle(`${name} is longer than ${size}`)
  if (dims.slice(1).some(extent => isOf(extent, size))) throw new Obstacle(`${size} is not the first axis of ${name}`)
  if (index.slice(1).some(moves)) throw new Obstacle(`${name} is read along ${size} on another axis`)
  const [row] = index
  if (!isLedBy(buffer, size)) {
    if (row !== undefined && moves(row)) throw new Obstacle(`${name} is read along ${size} on another axis`)
    return false
  }
  const { dividedBy } = dims[0] as { dividedBy: number }
  const rest =
    row !== undefined && isAffine(row) && part !== undefined ? rowsWithin(nest, row, part, around) : undefined
  if (rest === undefined || rest.coefficient * dividedBy !== step || rest.largest >= rest.coefficient) {
    throw new Obstacle(`rows of ${name} are used away from where they are`)
  }
  return true
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
