/** Stores of whole elements to global memory. */
import type { Buffer } from '@qernel/dsl'
import type { DeviceExpr, DeviceStatement } from '../../program/device-program.ts'
import { withLanes } from '../../program/device-type.ts'
import { component, construct, product, splat, sum } from '../../program/expressions.ts'
import { bindValue, type Chunk, rowOf, walksVector } from '../chunk.ts'
import type { LoopValues } from '../loop-values.ts'
import { isAlignedRun, widestAccess } from './memory-layout.ts'
import { widePosition } from './wide-access.ts'

export function writeGlobal(buffer: Buffer, value: DeviceExpr, chunk: Chunk): void {
  const { leaf, lanes, context, around, shape, statements, masks } = chunk
  const declared = context.lanes.get(buffer.name) as 1 | 2 | 4
  const masked = masks.some(mask => mask !== undefined)
  const wide = Math.min(lanes, shape.accessLimit, widestAccess(buffer, context.target)) as 1 | 2 | 4
  const aligned = lanes > 1 && !masked && isAlignedRun(context.nest, buffer, leaf.index, shape, lanes)
  if (aligned && wide === lanes && (declared === lanes || !context.target.vectorArithmetic)) {
    statements.push({
      kind: 'store',
      array: buffer.name,
      index: widePosition(buffer, leaf.index, lanes, chunk),
      access: { storage: buffer.type.element, lanes },
      value: splat(value, lanes),
    })
    return
  }
  const named = lanes === 1 || value.type.lanes === 1 || value.kind === 'variable' ? value : bindValue(value, chunk)
  if (aligned && wide === 2 && lanes === 4 && !context.target.vectorArithmetic) {
    for (const first of [0, 2])
      statements.push({
        kind: 'store',
        array: buffer.name,
        index: widePosition(buffer, leaf.index, 2, chunk, first),
        access: { storage: buffer.type.element, lanes: 2 },
        value: construct(withLanes(named.type, 2), [component(named, first), component(named, first + 1)]),
      })
    return
  }
  const distinct = lanes === 1 || !leaf.index.some(a => walksVector(a, around)) ? 1 : lanes
  for (let lane = 0; lane < distinct; lane++) {
    const subscripts = leaf.index.map(a => context.indices.affine(a, chunk.laneValues[lane] as LoopValues))
    const flat = sum(
      product(rowOf(buffer, subscripts, chunk), context.indices.extent(buffer.dims.at(-1) as Buffer['dims'][number])),
      subscripts.at(-1) as DeviceExpr,
    )
    const store: DeviceStatement = {
      kind: 'store',
      array: buffer.name,
      index: flat,
      access: { storage: buffer.type.element, lanes: 1 },
      value: component(named, lane),
    }
    const mask = masks[lane]
    statements.push(mask === undefined ? store : { kind: 'if', condition: mask, body: [store] })
  }
}

export function writeAtomic(buffer: Buffer, value: DeviceExpr, chunk: Chunk): void {
  const { leaf, lanes, context, statements, masks } = chunk
  const named = lanes === 1 || value.type.lanes === 1 || value.kind === 'variable' ? value : bindValue(value, chunk)
  for (let lane = 0; lane < lanes; lane++) {
    const subscripts = leaf.index.map(a => context.indices.affine(a, chunk.laneValues[lane] as LoopValues))
    const pitch = context.indices.extent(buffer.dims.at(-1) as Buffer['dims'][number])
    const index = sum(product(rowOf(buffer, subscripts, chunk), pitch), subscripts.at(-1) as DeviceExpr)
    const update: DeviceStatement = { kind: 'atomicMax', array: buffer.name, index, value: component(named, lane) }
    const mask = masks[lane]
    statements.push(mask === undefined ? update : { kind: 'if', condition: mask, body: [update] })
  }
}
