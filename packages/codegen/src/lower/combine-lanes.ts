/** Combines the lanes of a workgroup in a fixed tree: by shuffles within subgroups, and through shared memory beyond them. */
import { dimensionOf, isBlock, type Loop } from '@qernel/dsl'
import { constantExtent } from '@qernel/schedule/internal'
import { LoweringError } from '../compile/back-end.ts'
import type { DeviceOperation } from '../operations/device-operations.ts'
import type { DeviceExpr, Dimension } from '../program/device-program.ts'
import { u32Type } from '../program/device-type.ts'
import { literal, op, product, quotient, remainder, sum, variable } from '../program/expressions.ts'
import type { Chunk } from './chunk.ts'

/** Values that a thread reads in one round through shared memory. */
const radix = 8

/** Folds the values of all lanes of the combine loop; every lane gets the result. Neighbors are combined first, then neighboring pairs. */
export function combineLanes(operation: DeviceOperation, value: DeviceExpr, loop: Loop, chunk: Chunk): DeviceExpr {
  const { context } = chunk
  const lanes = constantExtent(context.nest, loop.extent) as number
  if (!isBlock(loop.mode))
    throw new LoweringError(
      `${loop.name} combines ${lanes} lanes but is not bound to threads; bind(${loop.name}=block.x)`,
    )
  const dimension = dimensionOf(loop.mode) as Dimension
  const threads = context.workgroup[dimensions.indexOf(dimension)] as number
  if (lanes !== threads)
    throw new LoweringError(
      `${loop.name} combines ${lanes} lanes on ${loop.mode}; it must combine all ${threads} threads along that dimension`,
    )
  const { lane, spacing, others } = laneOf(dimension, context.workgroup)
  if (loop.combine === 'subgroup' && !Number.isInteger(Math.log2(spacing)))
    throw new LoweringError(
      `${loop.name} combines lanes of subgroups on ${loop.mode}, ${spacing} threads apart; a power of two is expected`,
    )
  if (!Number.isInteger(Math.log2(lanes)))
    throw new LoweringError(`${loop.name} combines ${lanes} lanes; a power of two is expected`)
  const bind = (e: DeviceExpr): DeviceExpr => {
    const name = context.namer.fresh('combined')
    chunk.statements.push({ kind: 'let', name, value: e })
    return variable(name, e.type)
  }
  // A subgroup has neighbouring threads, x before y before z, so its lanes along y are as far apart as there are threads along x.
  const within = Math.max(1, (context.target.subgroup?.min ?? 1) / spacing)
  const reach = loop.combine === 'subgroup' ? Math.min(within, lanes) : 1
  let combined = bind(value)
  for (let offset = 1; offset < reach; offset *= 2)
    combined = bind(
      op(operation, value.type, combined, op('shuffleXor', value.type, combined, literal(offset * spacing))),
    )
  if (reach === lanes) return combined

  const at = (along: DeviceExpr): DeviceExpr => sum(others, product(along, literal(spacing)))
  const scratch = context.scratch(value.type)
  const access = { storage: value.type.scalar, lanes: value.type.lanes }
  for (let stride = reach; stride < lanes; stride *= radix) {
    const count = Math.min(radix, lanes / stride)
    chunk.statements.push(
      { kind: 'store', array: scratch, index: at(lane), access, value: combined },
      { kind: 'barrier' },
    )
    const first = remainder(lane, stride)
    const base =
      stride * count === lanes
        ? at(first)
        : at(sum(product(quotient(lane, stride * count), literal(stride * count)), first))
    let level = Array.from(
      { length: count },
      (_, j): DeviceExpr => ({
        kind: 'load',
        type: value.type,
        array: scratch,
        index: sum(base, literal(j * stride * spacing)),
        access,
      }),
    )
    while (level.length > 1)
      level = Array.from({ length: level.length / 2 }, (_, j) =>
        op(operation, value.type, level[2 * j] as DeviceExpr, level[2 * j + 1] as DeviceExpr),
      )
    combined = bind(level[0] as DeviceExpr)
    // The next round, or the next combine, overwrites values that slower threads may still read.
    chunk.statements.push({ kind: 'barrier' })
  }
  return combined
}

const dimensions: readonly Dimension[] = ['x', 'y', 'z']

/** The positions of the lanes along one dimension of the workgroup, in an array with one element per thread: `others + lane · spacing`. */
function laneOf(
  dimension: Dimension,
  [x, y, z]: readonly [number, number, number],
): { readonly lane: DeviceExpr; readonly spacing: number; readonly others: DeviceExpr } {
  const threads = { x, y, z }
  const spacings = { x: 1, y: x, z: x * y }
  const thread = (of: Dimension): DeviceExpr => ({ kind: 'thread', type: u32Type, of: 'local', dimension: of })
  const others = dimensions.filter(other => other !== dimension && threads[other] > 1)
  return {
    lane: thread(dimension),
    spacing: spacings[dimension],
    others: others.reduce((all, other) => sum(all, product(thread(other), literal(spacings[other]))), literal(0)),
  }
}
