/**
 * Tensors as a caller sees them: one typed-array element for each logical value, row after row, with the conversion to and from the bytes
 * that a device holds (the layout is the one that `types.ts` describes).
 *
 * Hosts are assumed to be little-endian, as all hosts of WebGPU and CUDA are.
 */

import { integerRange, isNarrowFloat, type StorageType, slotOf } from '../ir/types.ts'
import { codecOf } from '../numbers/codecs.ts'
import { roundUpTo } from '../numbers/divisors.ts'

/** Values of a tensor, one per element, whatever its storage type packs. */
export type LogicalValues = Float32Array | Int8Array | Int32Array | Uint8Array | Uint32Array

/** An array of a kernel as the host sees it: storage type, shape, logical values. */
export interface Tensor {
  readonly type: StorageType
  /** Outermost axis first; the last axis is contiguous. An empty shape is one value. */
  readonly shape: readonly number[]
  /** Floats as f32 values, `i32`/`u32` at full width, narrower integers one value per byte. */
  readonly data: LogicalValues
}

/** Number of values in a shape: the product of its extents, 1 for an empty shape. */
export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1)
}

/** A zeroed typed array that holds `length` logical values of `type`. */
export function logicalValues(type: StorageType, length: number): LogicalValues {
  if (type.kind === 'float') return new Float32Array(length)
  if (type.kind === 'signed') return type.bits === 32 ? new Int32Array(length) : new Int8Array(length)
  return type.bits === 32 ? new Uint32Array(length) : new Uint8Array(length)
}

/** Bytes from the start of one row to the start of the next: the packed row, padded to `rowAlignment` bytes. */
export function rowByteLength(type: StorageType, columns: number, rowAlignment: number): number {
  return roundUpTo(Math.ceil((wholeBlocks(type, columns) * type.bits) / 8), rowAlignment)
}

/** Bytes of a whole array: its rows, then padding to `sizeAlignment` bytes. */
export function arrayByteLength(
  type: StorageType,
  shape: readonly number[],
  rowAlignment: number,
  sizeAlignment: number,
): number {
  const { rows, columns } = rowsOf(shape)
  return roundUpTo(rows * rowByteLength(type, columns, rowAlignment), sizeAlignment)
}

/**
 * The bytes of a tensor in device layout. Padding is zero.
 * @throws RangeError if the length of the data does not match the shape, or a value does not fit an integer type.
 */
export function packTensor(tensor: Tensor, rowAlignment: number, sizeAlignment: number): Uint8Array {
  const { type, shape, data } = tensor
  const count = elementCount(shape)
  if (data.length !== count) {
    throw new RangeError(`A tensor of shape [${shape.join(', ')}] has ${count} values, its data ${data.length}`)
  }
  const bytes = new Uint8Array(arrayByteLength(type, shape, rowAlignment, sizeAlignment))
  const { rows, columns } = rowsOf(shape)
  const pitch = rowByteLength(type, columns, rowAlignment)
  const expected = logicalValues(type, 0)
  const values = data.constructor === expected.constructor ? data : convertExactly(data, type)

  if (isAsInMemory(type)) {
    const source = new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
    const rowBytes = (columns * type.bits) / 8
    if (pitch === rowBytes) bytes.set(source)
    else
      for (let row = 0; row < rows; row++) bytes.set(source.subarray(row * rowBytes, (row + 1) * rowBytes), row * pitch)
    return bytes
  }
  if (isNarrowFloat(type)) {
    const cells = cellsOf(type, bytes)
    const { encode } = codecOf(type)
    for (let row = 0, from = 0; row < rows; row++) {
      const to = row * pitch * (8 / type.bits)
      for (let column = 0; column < columns; column++) cells[to + column] = encode(values[from++] as number)
    }
    return bytes
  }
  const slots = type.halves === undefined ? values : intoSlots(values, type, rows, columns)
  packBits(slots, type, rows, wholeBlocks(type, columns), pitch, bytes)
  return bytes
}

/**
 * The logical values of bytes in device layout.
 * @throws RangeError if there are fewer bytes than the shape needs.
 */
export function unpackTensor(
  bytes: Uint8Array,
  type: StorageType,
  shape: readonly number[],
  rowAlignment: number,
): Tensor {
  const needed = arrayByteLength(type, shape, rowAlignment, 1)
  if (bytes.length < needed) {
    throw new RangeError(`${type.name} [${shape.join(', ')}] takes ${needed} bytes; there are only ${bytes.length}`)
  }
  const { rows, columns } = rowsOf(shape)
  const pitch = rowByteLength(type, columns, rowAlignment)
  const data = logicalValues(type, rows * columns)

  if (isAsInMemory(type)) {
    const target = new Uint8Array(data.buffer)
    const rowBytes = (columns * type.bits) / 8
    if (pitch === rowBytes) target.set(bytes.subarray(0, needed))
    else
      for (let row = 0; row < rows; row++)
        target.set(bytes.subarray(row * pitch, row * pitch + rowBytes), row * rowBytes)
  } else if (isNarrowFloat(type)) {
    const cells = cellsOf(type, bytes)
    const { decode } = codecOf(type)
    for (let row = 0, to = 0; row < rows; row++) {
      const from = row * pitch * (8 / type.bits)
      for (let column = 0; column < columns; column++) data[to++] = decode(cells[from + column] as number)
    }
  } else {
    const stored = wholeBlocks(type, columns)
    const slots = type.halves === undefined ? data : logicalValues(type, rows * stored)
    unpackBits(bytes, type, rows, stored, pitch, slots)
    if (slots !== data)
      for (let row = 0, to = 0; row < rows; row++)
        for (let column = 0; column < columns; column++)
          data[to++] = slots[row * stored + slotOf(type, column)] as number
  }
  return { type, shape: [...shape], data }
}

/** Whether logical values are as wide as elements in memory, so that their bytes are the same. */
const isAsInMemory = (type: StorageType): boolean => logicalValues(type, 0).BYTES_PER_ELEMENT * 8 === type.bits

/** The bits of narrow floats, one array element each. */
function cellsOf({ bits }: StorageType, bytes: Uint8Array): Uint8Array | Uint16Array {
  if (bits === 8) return bytes
  const aligned = bytes.byteOffset % 2 === 0 ? bytes : bytes.slice()
  return new Uint16Array(aligned.buffer, aligned.byteOffset, aligned.length >>> 1)
}

/** Columns of a row with its last block filled. */
const wholeBlocks = ({ halves = 1 }: StorageType, columns: number): number => roundUpTo(columns, halves)

/** The values in memory order, with the last block padded with 0. */
function intoSlots(values: LogicalValues, type: StorageType, rows: number, columns: number): LogicalValues {
  const stored = wholeBlocks(type, columns)
  const slots = logicalValues(type, rows * stored)
  for (let row = 0, from = 0; row < rows; row++)
    for (let column = 0; column < columns; column++)
      slots[row * stored + slotOf(type, column)] = values[from++] as number
  return slots
}

/** Packs codes narrower than a byte: each row is one bit stream, least significant bits first. */
function packBits(
  values: LogicalValues,
  type: StorageType,
  rows: number,
  columns: number,
  pitch: number,
  bytes: Uint8Array,
): void {
  const { bits } = type
  const { encode } = codecOf(type)
  const { low, high } = integerRange(type)
  for (let row = 0, from = 0; row < rows; row++) {
    let at = row * pitch
    let pending = 0
    let filled = 0
    for (let column = 0; column < columns; column++) {
      const code = values[from++] as number
      if (code < low || code > high) throw outOfRange(code, type, from - 1)
      pending |= encode(code) << filled
      filled += bits
      if (filled >= 8) {
        bytes[at++] = pending
        pending >>>= 8
        filled -= 8
      }
    }
    if (filled > 0) bytes[at] = pending
  }
}

function unpackBits(
  bytes: Uint8Array,
  type: StorageType,
  rows: number,
  columns: number,
  pitch: number,
  data: LogicalValues,
): void {
  const { bits } = type
  const { decode } = codecOf(type)
  for (let row = 0, to = 0; row < rows; row++) {
    let at = row * pitch
    let pending = 0
    let filled = 0
    for (let column = 0; column < columns; column++) {
      if (filled < bits) {
        pending |= (bytes[at++] as number) << filled
        filled += 8
      }
      data[to++] = decode(pending)
      pending >>>= bits
      filled -= bits
    }
  }
}

/** Converts values from a typed array that does not match their type. Every value must survive the conversion. */
function convertExactly(data: LogicalValues, type: StorageType): LogicalValues {
  const converted = logicalValues(type, data.length)
  for (let index = 0; index < data.length; index++) {
    const given = data[index] as number
    converted[index] = given
    if (type.kind !== 'float' && converted[index] !== given) throw outOfRange(given, type, index)
  }
  return converted
}

function outOfRange(given: number, type: StorageType, index: number): RangeError {
  const { low, high } = integerRange(type)
  return new RangeError(`Value ${given} at index ${index} does not fit ${type.name} (${low} to ${high})`)
}

function rowsOf(shape: readonly number[]): { rows: number; columns: number } {
  return { rows: elementCount(shape.slice(0, -1)), columns: shape.at(-1) ?? 1 }
}
