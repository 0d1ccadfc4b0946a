/** Lowers reads and writes of private and shared buffers. */
import type { Affine, Buffer } from '@qernel/dsl'
import { constantExtent } from '@qernel/schedule/internal'
import type { DeviceExpr, DeviceStatement } from '../../program/device-program.ts'
import { withLanes } from '../../program/device-type.ts'
import {
  component,
  construct,
  eachLane,
  literal,
  product,
  quotient,
  remainder,
  splat,
  sum,
  typeOf,
  variable,
} from '../../program/expressions.ts'
import { bindValue, type Chunk } from '../chunk.ts'
import type { LoopValues } from '../loop-values.ts'

/** The flat position of an index in a private or shared buffer. In a private buffer it is relative to the thread's own part. */
function registerPosition(
  buffer: Buffer,
  index: readonly Affine[],
  lane: number,
  { context, laneValues }: Chunk,
): DeviceExpr {
  const isPrivate = buffer.memory === 'register'
  const shape = isPrivate
    ? context.privateShape(buffer)
    : buffer.dims.map(d => constantExtent(context.nest, d) as number)
  const subscripts = index.map(a =>
    context.indices.affine(isPrivate ? context.indices.own(a) : a, laneValues[lane] as LoopValues),
  )
  return subscripts.reduce<DeviceExpr>((flat, s, i) => sum(product(flat, literal(shape[i] as number)), s), literal(0))
}

function registerElement(
  buffer: Buffer,
  index: readonly Affine[],
  lane: number,
  chunk: Chunk,
): { name: string; index?: DeviceExpr; lane?: DeviceExpr; whole: DeviceExpr } {
  const { context } = chunk
  const declared = context.lanes.get(buffer.name) as 1 | 2 | 4
  const type = withLanes(typeOf(buffer.type.compute), declared)
  const flat = registerPosition(buffer, index, lane, chunk)
  const position = quotient(flat, declared)
  const inLane = declared === 1 ? {} : { lane: remainder(flat, declared) }
  const names = context.registerNames.get(buffer.name) as readonly string[]
  if (context.registers.get(buffer.name) === 'variables' && position.kind === 'literal') {
    const name = names[position.value] as string
    return { name, ...inLane, whole: variable(name, type) }
  }
  const name = names[0] as string
  return {
    name,
    index: position,
    ...inLane,
    whole: {
      kind: 'load',
      type,
      array: name,
      index: position,
      access: { storage: type.scalar, lanes: declared },
    },
  }
}

/** The value of one lane, or of all lanes, in a private buffer. */
export function loadRegister(
  buffer: Buffer,
  index: readonly Affine[],
  chunk: Chunk,
  which: number | 'all',
): DeviceExpr {
  const { lanes, context } = chunk
  const declared = context.lanes.get(buffer.name) as 1 | 2 | 4
  const scalarAt = (lane: number): DeviceExpr => {
    const element = registerElement(buffer, index, lane, chunk)
    if (element.lane === undefined) return element.whole
    return element.lane.kind === 'literal'
      ? component(element.whole, element.lane.value)
      : { kind: 'dynamicComponent', type: typeOf(buffer.type.compute), of: element.whole, lane: element.lane }
  }
  if (which !== 'all') return scalarAt(which)
  if (declared === lanes) return registerElement(buffer, index, 0, chunk).whole
  return construct(
    withLanes(typeOf(buffer.type.compute), lanes),
    eachLane(lanes, lane => scalarAt(lane)),
  )
}

/** The current value of the element that an update changes. */
export function accumulator(chunk: Chunk): DeviceExpr {
  const { leaf, lanes, context } = chunk
  const buffer = context.nest.buffers.get(leaf.buffer) as Buffer
  return loadRegister(buffer, leaf.index, chunk, lanes > 1 ? 'all' : 0)
}

export function writeLocal(buffer: Buffer, value: DeviceExpr, chunk: Chunk): void {
  const { leaf, lanes, context, statements, shape, masks } = chunk
  const declared = context.lanes.get(buffer.name) as 1 | 2 | 4
  const runs = declared === lanes ? [0] : eachLane(lanes, lane => lane)
  const whole = declared === lanes
  const fitted = whole ? splat(value, lanes) : value
  // A value that is used lane by lane is computed once.
  const named =
    whole || runs.length === 1 || fitted.kind === 'variable' || fitted.type.lanes === 1
      ? fitted
      : bindValue(fitted, chunk)
  for (const lane of runs) {
    const own = whole ? named : component(named, lane)
    const mask = shape.keepsMasked ? masks[lane] : undefined
    const write = (statement: DeviceStatement): void => {
      statements.push(mask === undefined ? statement : { kind: 'if', condition: mask, body: [statement] })
    }
    if (buffer.memory === 'shared') {
      const flat = registerPosition(buffer, leaf.index, lane, chunk)
      write({
        kind: 'store',
        array: buffer.name,
        index: quotient(flat, declared),
        access: { storage: typeOf(buffer.type.compute).scalar, lanes: declared },
        value: own,
      })
      continue
    }
    const element = registerElement(buffer, leaf.index, lane, chunk)
    const at = {
      ...(element.index === undefined ? {} : { index: element.index }),
      ...(whole || element.lane === undefined ? {} : { lane: (element.lane as { value: number }).value }),
    }
    write({ kind: 'assign', name: element.name, ...at, value: own })
  }
}
