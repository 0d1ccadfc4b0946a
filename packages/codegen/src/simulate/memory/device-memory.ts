/** The arrays of one launch: filled before it, then read and checked after it. */
import { packTensor, type Tensor, unpackTensor } from '@qernel/dsl'
import { arrayByteLength, elementCount, roundUpTo, rowByteLength } from '@qernel/dsl/internal'
import type { LaunchPlan } from '../../launch/launch-plan.ts'
import type { DeviceFunction, DeviceProgram } from '../../program/device-program.ts'
import type { FindingLog } from '../findings/finding-log.ts'
import { type ArrayMemory, elementFormat, elementName, elementsOf, scalarCount } from './array-memory.ts'

/** The content of each byte of memory before its first write, chosen because results rarely have it. */
const garbage = 0xa5

/** The global arrays of a launch, with the values of the inputs. */
export function globalMemories(
  { arrays }: LaunchPlan,
  program: DeviceProgram,
  inputs: ReadonlyMap<string, Tensor>,
): Map<string, ArrayMemory> {
  return new Map(
    arrays.map(({ parameter, shape }): [string, ArrayMemory] => {
      const { name, role, type, rowAlignment } = parameter
      const declared = program.arrays.find(array => array.name === name)
      if (declared === undefined) throw new Error(`the program does not declare ${name}`)
      const byteLength = arrayByteLength(type, shape, rowAlignment, 1)
      const { storage } = declared.element
      const layout = { type, shape, rowAlignment }
      const memory: ArrayMemory = { name, memory: 'global', storage, byteLength, buffer: allocate(byteLength), layout }
      if (role !== 'input') return [name, { ...memory, written: new Uint8Array(scalarCount(memory)) }]
      const tensor = inputs.get(name)
      if (tensor === undefined) throw new RangeError(`input ${name} is missing`)
      if (tensor.shape.join() !== shape.join())
        throw new RangeError(`input ${name} is ${tensor.shape.join(' × ')}; ${shape.join(' × ')} is expected`)
      new Uint8Array(memory.buffer).set(packTensor(tensor, rowAlignment, 1))
      return [name, memory]
    }),
  )
}

export const sharedMemories = ({ shared }: DeviceFunction): ArrayMemory[] =>
  shared.map(({ name, type, length }): ArrayMemory => {
    const count = length * type.lanes
    const byteLength = count * elementFormat(type.scalar).bytes
    const buffer = allocate(byteLength)
    return { name, memory: 'shared', storage: type.scalar, byteLength, buffer, written: new Uint8Array(count) }
  })

function allocate(byteLength: number): ArrayBuffer {
  const buffer = new ArrayBuffer(roundUpTo(byteLength, 16))
  new Uint8Array(buffer).fill(garbage)
  return buffer
}

export function outputTensors({ arrays }: LaunchPlan, memories: ReadonlyMap<string, ArrayMemory>): Map<string, Tensor> {
  const outputs = arrays.filter(({ parameter }) => parameter.role === 'output')
  return new Map(
    outputs.map(({ parameter: { name, type, rowAlignment }, shape }) => {
      const { buffer } = memories.get(name) as ArrayMemory
      return [name, unpackTensor(new Uint8Array(buffer), type, shape, rowAlignment)]
    }),
  )
}

/** Reports output elements that no thread has written, and padding that is not zero. */
export function checkOutputs(
  { arrays }: LaunchPlan,
  memories: ReadonlyMap<string, ArrayMemory>,
  log: FindingLog,
): void {
  for (const { parameter } of arrays) {
    if (parameter.role !== 'output') continue
    const memory = memories.get(parameter.name) as ArrayMemory
    const padded = checkWritten(memory, log)
    if (padded) checkPadding(memory, log)
  }
}

/** @returns whether rows have padding */
function checkWritten(memory: ArrayMemory, log: FindingLog): boolean {
  const { name, storage, layout, written } = memory
  if (layout === undefined || written === undefined) return false
  const { shape, type, rowAlignment } = layout
  if (elementCount(shape) === 0) return false
  const columns = shape.at(-1) ?? 1
  const padded = rowByteLength(type, columns, rowAlignment) * 8 !== columns * type.bits
  const { bytes } = elementFormat(storage)
  for (let scalar = written.indexOf(0); scalar >= 0; scalar = written.indexOf(0, scalar + 1)) {
    // In half-split blocks, no word consists of padding alone.
    if (padded && type.halves === undefined && elementsOf(layout, scalar, bytes).first >= columns) continue
    const element = scalar
    log.addOnce('unwritten', name, () => ({
      message: `${elementName(memory, element)} is never written`,
      array: name,
      element,
      accesses: [],
    }))
  }
  return padded
}

function checkPadding(memory: ArrayMemory, log: FindingLog): void {
  const { name, storage, layout, written, buffer } = memory
  if (layout === undefined || written === undefined) return
  const { bytes } = elementFormat(storage)
  const { type, shape, rowAlignment } = layout
  const columns = shape.at(-1) ?? 1
  const pitch = rowByteLength(type, columns, rowAlignment)
  const used = columns * type.bits
  const data = new Uint8Array(buffer, 0, memory.byteLength)
  const report = (byte: number, isZero: boolean): void => {
    const element = Math.floor(byte / bytes)
    if (isZero || written[element] === 0) return
    log.addOnce('padding', name, () => ({
      message: `the padding after ${elementName(memory, element)} is not zero`,
      array: name,
      element,
      accesses: [],
    }))
  }
  if (type.halves !== undefined) {
    // Padding lies between the elements of a block, so the elements are packed again: bytes must match, because packing leaves padding 0.
    const again = packTensor(unpackTensor(data, type, shape, rowAlignment), rowAlignment, 1)
    for (const [byte, expected] of again.entries()) report(byte, data[byte] === expected)
    return
  }
  for (let row = 0; row * pitch < data.length; row++)
    for (let at = Math.floor(used / 8); at < pitch; at++) {
      const from = Math.max(0, used - at * 8)
      report(row * pitch + at, (data[row * pitch + at] as number) >>> from === 0)
    }
}
