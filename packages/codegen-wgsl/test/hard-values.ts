/** Operands that reveal mistakes: every special value, neighbours of limits and ties, and random bit patterns. */

import { type ComputeType, f32, i32, type StorageType, type Tensor, u32 } from '@qernel/dsl'
import { randomWords } from '@qernel/dsl/internal'

const word = new DataView(new ArrayBuffer(4))
export const floatOfBits = (bits: number): number => {
  word.setUint32(0, bits)
  return word.getFloat32(0)
}

const floats = [
  0,
  1,
  0.5,
  0.49999997,
  1.5,
  2.5,
  3.5,
  1.1,
  127,
  127.5,
  128,
  255.5,
  8388607.5,
  8388608.5,
  16777217,
  2147483520,
  2147483648,
  4294967040,
  4294967296,
  1e-8,
  1e10,
  3.4028235e38,
  1.17549435e-38,
  1e-40,
  2 ** -149,
  Number.POSITIVE_INFINITY,
].flatMap(x => [x, -x])
const integers = [0, 1, 2, 3, 7, 8, 31, 32, 33, 127, 128, 255, 256, 65535, 65536, 16777217, 0x7fffffff, 0x80000000]

const hard: Readonly<Record<'f32' | 'i32' | 'u32', readonly number[]>> = {
  f32: [...floats, Number.NaN],
  i32: integers.flatMap(x => [x | 0, -x | 0]),
  u32: integers.flatMap(x => [x >>> 0, -x >>> 0]),
}
export const storageOf: Readonly<Record<'f32' | 'i32' | 'u32', StorageType>> = { f32, i32, u32 }

const asType = (type: ComputeType, bits: number): number =>
  type === 'f32' ? floatOfBits(bits) : type === 'i32' ? bits | 0 : bits

/**
 * `arity` tensors of the same length: every pair of hard values (single values for one operand; pairs with a random third value for three), then
 * random bits. The length is a multiple of 4.
 */
export function operands(type: 'f32' | 'i32' | 'u32', arity: 1 | 2 | 3): Tensor[] {
  const values = hard[type]
  const random = randomWords(0x9e3779b9)
  const tuples: number[][] = []
  for (const a of values)
    if (arity === 1) tuples.push([a])
    else for (const b of values) tuples.push(arity === 2 ? [a, b] : [a, b, values[random() % values.length] as number])
  for (let i = 0; i < 1024 || tuples.length % 4 !== 0; i++)
    tuples.push(Array.from({ length: arity }, () => asType(type, random())))
  const Data = { f32: Float32Array, i32: Int32Array, u32: Uint32Array }[type]
  return Array.from({ length: arity }, (_, position) => ({
    type: storageOf[type],
    shape: [tuples.length],
    data: new Data(tuples.map(tuple => tuple[position] as number)),
  }))
}
