/**
 * Caches with random contents, and what a decode step gives for them, in float64 and in plain loops. Shares no code with the library: every format is
 * decoded here from its published definition.
 */
import type { Tensor } from '@qernel/dsl'
import { f16, f32, i2, i3, i4, i8, type StorageType, u2, u4 } from '@qernel/dsl'

/** The sizes of a decode step: K heads, R queries per head, T tokens, D channels. */
export interface Sizes {
  readonly K: number
  readonly R: number
  readonly T: number
  readonly D: number
}

/** One half of a cache: its arrays, and each of its elements in float64. */
export interface Half {
  readonly arrays: ReadonlyMap<string, Tensor>
  /** Row-major [K, T, D]. */
  readonly decoded: Float64Array
  /** Where an element is a sum: the sum of the magnitudes of its parts, to which its rounding is relative. */
  readonly magnitudes?: Float64Array
}

export type Random = () => number

/** The nearest binary16, from its definition: 10 bits of mantissa from 2^-14 on, multiples of 2^-24 below. */
export function half(x: number): number {
  const exponent = Math.max(-14, Math.floor(Math.log2(Math.abs(x))))
  const step = 2 ** (exponent - 10)
  const scaled = x / step
  const below = Math.floor(scaled)
  const rest = scaled - below
  const rounded = rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below
  return x === 0 ? x : rounded * step
}

const tensor = (type: StorageType, shape: readonly number[], values: readonly number[]): Tensor => ({
  type,
  shape,
  data: type.kind === 'float' ? Float32Array.from(values) : Int32Array.from(values),
})
const count = (shape: readonly number[]): number => shape.reduce((product, extent) => product * extent, 1)
const fill = (shape: readonly number[], value: (at: number) => number): number[] =>
  Array.from({ length: count(shape) }, (_, at) => value(at))

/** A float array by name. */
export const floats = (type: StorageType, shape: readonly number[], value: (at: number) => number): Tensor =>
  tensor(
    type,
    shape,
    fill(shape, at => (type === f16 ? half(value(at)) : Math.fround(value(at)))),
  )

type MakeHalf = (name: 'k' | 'v', sizes: Sizes, random: Random) => Half

/** INT8 with one f32 scale per token: x̂ = q · scale[token]. */
const int8PerToken: MakeHalf = (name, { K, T, D }, random) => {
  const codes = fill([K, T, D], () => Math.round(random() * 254 - 127))
  const scales = fill([K, T], () => Math.fround(0.002 + random() * 0.05))
  return {
    arrays: new Map([
      [name, tensor(i8, [K, T, D], codes)],
      [`${name}_scale`, tensor(f32, [K, T], scales)],
    ]),
    decoded: Float64Array.from(codes, (code, at) => code * (scales[Math.floor(at / D)] as number)),
  }
}

/** Symmetric groups of 32 channels with f16 scales: x̂ = q · scale[token, group]. */
const symmetricGroups =
  (type: StorageType): MakeHalf =>
  (name, { K, T, D }, random) => {
    const largest = 2 ** (type.bits - 1) - 1
    const codes = fill([K, T, D], () => Math.round((random() * 2 - 1) * largest))
    const scales = fill([K, T, D / 32], () => half((0.3 + random() * 3) / largest))
    return {
      arrays: new Map([
        [name, tensor(type, [K, T, D], codes)],
        [`${name}_scale`, tensor(f16, [K, T, D / 32], scales)],
      ]),
      decoded: Float64Array.from(codes, (code, at) => code * (scales[Math.floor(at / 32)] as number)),
    }
  }

/** Asymmetric groups of 32 channels: x̂ = q · scale[token, group] + zero[token, group]. */
const asymmetricGroups =
  (type: StorageType): MakeHalf =>
  (name, { K, T, D }, random) => {
    const most = 2 ** type.bits - 1
    const codes = fill([K, T, D], () => Math.round(random() * most))
    const scales = fill([K, T, D / 32], () => half((0.3 + random() * 3) / most))
    const zeros = fill([K, T, D / 32], () => half(-random() * 2))
    const at = (array: readonly number[], element: number): number => array[Math.floor(element / 32)] as number
    const decoded = codes.map((code, element) => code * at(scales, element) + at(zeros, element))
    const magnitudes = codes.map((code, element) => code * at(scales, element) + Math.abs(at(zeros, element)))
    return {
      arrays: new Map([
        [name, tensor(type, [K, T, D], codes)],
        [`${name}_scale`, tensor(f16, [K, T, D / 32], scales)],
        [`${name}_zero`, tensor(f16, [K, T, D / 32], zeros)],
      ]),
      decoded: Float64Array.from(decoded),
      magnitudes: Float64Array.from(magnitudes),
    }
  }

const float16: MakeHalf = (name, { K, T, D }, random) => {
  const values = fill([K, T, D], () => half(random() * 6 - 3))
  return { arrays: new Map([[name, tensor(f16, [K, T, D], values)]]), decoded: Float64Array.from(values) }
}

/** Formats by the names of kernels, and the multiple that D must be. */
export const caches: Readonly<Record<string, { readonly make: MakeHalf; readonly multipleOf: number }>> = {
  int8_per_token: { make: int8PerToken, multipleOf: 1 },
  int8_groups: { make: symmetricGroups(i8), multipleOf: 32 },
  int4_groups: { make: symmetricGroups(i4), multipleOf: 32 },
  int3_groups: { make: symmetricGroups(i3), multipleOf: 32 },
  int2_groups: { make: symmetricGroups(i2), multipleOf: 32 },
  uint4_groups: { make: asymmetricGroups(u4), multipleOf: 32 },
  uint2_groups: { make: asymmetricGroups(u2), multipleOf: 32 },
  f16: { make: float16, multipleOf: 1 },
}
