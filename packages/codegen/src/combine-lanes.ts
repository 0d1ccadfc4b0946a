/** The lanes of a workgroup meet: a fixed tree, through subgroup shuffles as far as they reach and shared memory beyond. */
import type { Loop } from '@qernel/dsl'
import { constantExtent } from '@qernel/schedule'
import { LoweringError } from './back-end.ts'
import type { Chunk } from './chunk.ts'
import { type DeviceExpr, type DeviceOperation, type Dimension, u32Type } from './device-program.ts'
import { literal, op, product, quotient, remainder, sum, variable } from './expressions.ts'

/** Values that a thread reads in one round through shared memory. */
const radix = 8

/** The fold over all lanes of the combine loop; every lane gets it. Neighbours meet first, then neighbouring pairs. */
export function combineLanes(operation: DeviceOperation, value: DeviceExpr, loop: Loop, chunk: Chunk): DeviceExpr {
  const { context } = chunk
  const lanes = constantExtent(context.nest, loop.extent) as number
  if (!loop.mode.startsWith('block'))
    throw new LoweringError(
      `${loop.name} combines ${lanes} lanes but is not bound to threads; bind(${loop.name}=block.x)`,
    )
  const [threadsX, threadsY] = context.workgroup
  if (loop.mode !== 'block.x' || lanes !== threadsX)
    throw new LoweringError(
      `${loop.name} combines ${lanes} lanes on ${loop.mode}; lanes that meet are all the threads along block.x, of which there are ${threadsX}`,
    )
  if (!Number.isInteger(Math.log2(lanes)))
    throw new LoweringError(`${loop.name} combines ${lanes} lanes; a power of two meets pairwise`)
  const bind = (e: DeviceExpr): DeviceExpr => {
    const name = context.namer.fresh('combined')
    chunk.statements.push({ kind: 'let', name, value: e })
    return variable(name, e.type)
  }
  const reach = loop.combine === 'subgroup' ? Math.min(context.target.subgroup?.min ?? 1, lanes) : 1
  let combined = bind(value)
  for (let offset = 1; offset < reach; offset *= 2)
    combined = bind(op(operation, value.type, combined, op('shuffleXor', value.type, combined, literal(offset))))
  if (reach === lanes) return combined

  const x = thread('x')
  const row = product(
    threadsY === 1 ? thread('z') : sum(thread('y'), product(thread('z'), literal(threadsY))),
    literal(lanes),
  )
  const rows = context.workgroup[1] * context.workgroup[2] > 1 ? row : literal(0)
  const scratch = context.scratch(value.type)
  const access = { storage: value.type.scalar, lanes: value.type.lanes }
  for (let stride = reach; stride < lanes; stride *= radix) {
    const count = Math.min(radix, lanes / stride)
    chunk.statements.push(
      { kind: 'store', array: scratch, index: sum(rows, x), access, value: combined },
      { kind: 'barrier' },
    )
    const base = sum(sum(rows, product(quotient(x, stride * count), literal(stride * count))), remainder(x, stride))
    const own = stride * count === lanes ? sum(rows, remainder(x, stride)) : base
    let level = Array.from(
      { length: count },
      (_, j): DeviceExpr => ({
        kind: 'load',
        type: value.type,
        array: scratch,
        index: sum(own, literal(j * stride)),
        access,
      }),
    )
    while (level.length > 1)
      level = Array.from({ length: level.length / 2 }, (_, j) =>
        op(operation, value.type, level[2 * j] as DeviceExpr, level[2 * j + 1] as DeviceExpr),
      )
    combined = bind(level[0] as DeviceExpr)
    // The next round, or the next combine, writes over what slower threads may still read.
    chunk.statements.push({ kind: 'barrier' })
  }
  return combined
}

const thread = (dimension: Dimension): DeviceExpr => ({ kind: 'thread', type: u32Type, of: 'local', dimension })
