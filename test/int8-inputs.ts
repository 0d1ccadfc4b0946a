/** Inputs for the INT8 kernels, by the special property of their values. */
import { readSafetensors } from '@qernel/arrays'
import { f32, i8, type StorageType, type Tensor } from '@qernel/dsl'
import { elementCount, logicalValues } from '@qernel/dsl/internal'

export const valueClasses = [
  'uniform',
  'real keys',
  'ties',
  'NaN',
  'infinities',
  'zeros of both signs',
  'denormals',
  'saturation',
  'all-zero channels',
] as const
export type ValueClass = (typeof valueClasses)[number]

const keys = await readSafetensors('examples/data/kv-head.safetensors', 'key')

/** A number in [0, 1) that depends only on its position. */
function noise(i: number): number {
  let t = Math.imul(i + 0x6d2b79f5, 0x85ebca6b)
  t = Math.imul(t ^ (t >>> 13), 0xc2b2ae35)
  return ((t ^ (t >>> 16)) >>> 0) / 2 ** 32
}
const between = (low: number, high: number, i: number): number => low + noise(i) * (high - low)

/** Scales are powers of two, so that half of them is exact in every format, and 127 of them are a maximum. */
const tieScale = (d: number): number => 2 ** ((d % 5) - 3)
const nan = Number.NaN
const inf = Number.POSITIVE_INFINITY

/** x[t, d] before it is rounded to the element type. */
const elements: Readonly<Record<ValueClass, (t: number, d: number, i: number) => number>> = {
  uniform: (_t, _d, i) => between(-1, 1, i),
  'real keys': (t, d) => keys.data[(t % 2048) * 128 + (d % 128)] as number,
  ties: (t, d, i) => (t === 0 ? 127 : Math.floor(between(-60, 60, i)) + 0.5) * tieScale(d),
  NaN: (_t, d, i) => (noise(i) < 0.3 || d % 7 === 3 ? nan : between(-1, 1, i)),
  infinities: (_t, d, i) => (noise(i) < 0.1 || d % 7 === 3 ? (noise(-i) < 0.5 ? inf : -inf) : between(-1, 1, i)),
  'zeros of both signs': (_t, d, i) => (noise(i) < 0.6 || d % 7 === 3 ? (noise(-i) < 0.5 ? 0 : -0) : between(-1, 1, i)),
  denormals: (_t, d, i) => (noise(i) < 0.6 || d % 7 === 3 ? between(-1, 1, i) * 2 ** -127 : between(-1, 1, i)),
  saturation: (_t, _d, i) => between(-1, 1, i) * 10 ** between(0, 30, -i),
  'all-zero channels': (_t, d, i) => (d % 2 === 0 ? 0 : between(-1, 1, i)),
}

/** scale[d], if it is given. */
const scales: Readonly<Record<ValueClass, (d: number) => number>> = {
  uniform: d => between(0.001, 0.02, d),
  'real keys': d => between(0.01, 0.08, d),
  ties: tieScale,
  NaN: d => (d % 3 === 0 ? nan : 0.01),
  infinities: d => (d % 3 === 0 ? inf : 0.01),
  'zeros of both signs': d => (d % 3 === 0 ? 0 : d % 3 === 1 ? -0 : 0.01),
  denormals: () => Math.fround(1e-8 / 127),
  saturation: d => between(0.001, 0.02, d),
  'all-zero channels': () => 1 / 127,
}
/** Denormal scales: products with codes are denormal, or come from denormals. */
const denormalScale = (d: number): number => (d % 2 === 0 ? between(1, 2, d) * 2 ** -128 : between(0.001, 0.02, d))

const fill = (type: StorageType, shape: readonly number[], value: (i: number) => number): Tensor => {
  const data = logicalValues(type, elementCount(shape))
  for (let i = 0; i < data.length; i++) data[i] = value(i)
  return { type, shape, data }
}

/** The inputs of one of the INT8 kernels, by name. */
export function inputsOf(
  kernel: string,
  values: ValueClass,
  element: StorageType,
  T: number,
  D: number,
): Map<string, Tensor> {
  const x = fill(element, [T, D], i => elements[values](Math.floor(i / D), i % D, i))
  if (kernel === 'int8_per_channel') return new Map([['x', x]])
  if (kernel === 'int8_per_channel_quantize')
    return new Map([
      ['x', x],
      ['scale', fill(f32, [D], scales[values])],
    ])
  return new Map([
    ['q', fill(i8, [T, D], i => Math.floor(noise(i) * 256) - 128)],
    ['scale', fill(f32, [D], values === 'denormals' ? denormalScale : scales[values])],
  ])
}
