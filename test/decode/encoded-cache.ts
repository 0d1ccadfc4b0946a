/**
 * Caches of formats that group along tokens, choose a mode per group or store blocks: mixed values, encoded by the encoders of `test/formats`, which were
 * written from the published definitions, and decoded here in float64. Shares no code with the library.
 */
import { f16, f32, i2, i3, i8, type StorageType, type Tensor, u2, u3, u4, u8 } from '@qernel/dsl'
import type { Format } from '../formats/format.ts'
import { asymmetric, innerq, kivi, symmetric } from '../formats/groups.ts'
import { int8PerChannel } from '../formats/int8.ts'
import { q4Apart, q8Apart } from '../formats/llama-cpp.ts'
import type { Half, Random, Sizes } from './cache.ts'

type Step = 'scores' | 'values' | 'attention'
/** What shares parameters: 32 channels of a token, 32 tokens of a channel, or all tokens of a channel. */
type Along = 'channels' | 'tokens' | 'all tokens'

const group = 32
const tensor = (type: StorageType, shape: readonly number[], values: readonly number[]): Tensor => ({
  type,
  shape,
  data: type.kind === 'float' ? Float32Array.from(values) : Int32Array.from(values),
})

/** Channels of different magnitude, of both signs and around a mean of their own; now and then a zero. */
function mixedValues({ K, T, D }: Sizes, random: Random): number[] {
  const means = Array.from({ length: K * D }, () => random() * 2 - 1)
  return Array.from({ length: K * T * D }, (_, at) => {
    const d = at % D
    const channel = Math.floor(at / (T * D)) * D + d
    const spread = d % 7 === 3 ? 6 : d % 5 === 1 ? 0.01 : 1
    return random() < 0.05 ? 0 : Math.fround((means[channel] as number) + (random() * 2 - 1) * spread)
  })
}

interface Encoded {
  /** In the order of the elements. */
  readonly codes: number[]
  /** One for each parameter of the format, in the order of the groups: rows of tokens, or rows of groups of tokens. */
  readonly parameters: number[][]
  /** The group of an element. */
  readonly groupOf: (element: number) => number
}

function encode(format: Format, along: Along, { K, T, D }: Sizes, x: readonly number[]): Encoded {
  const tokens = along === 'channels' ? 1 : along === 'tokens' ? group : Math.max(1, T)
  const width = along === 'channels' ? group : 1
  const [rows, columns] = [T / tokens, D / width]
  const groupOf = (element: number): number => {
    const [h, t, d] = [Math.floor(element / (T * D)), Math.floor(element / D) % T, element % D]
    return (h * rows + Math.floor(t / tokens)) * columns + Math.floor(d / width)
  }
  const members: number[][] = Array.from({ length: K * rows * columns }, () => [])
  for (const element of x.keys()) members[groupOf(element)]?.push(element)
  const codes = new Array<number>(x.length)
  const parameters: number[][] = []
  for (const [g, places] of members.entries()) {
    const own = places.map(place => x[place] as number)
    const stored = format.encode(own, []).parameters.map(each => each as number)
    format.encode(own, stored).codes.forEach((code, i) => {
      codes[places[i] as number] = code as number
    })
    stored.forEach((value, i) => {
      parameters[i] ??= []
      ;(parameters[i] as number[])[g] = value
    })
  }
  return { codes, parameters, groupOf }
}

/** Codes with their parameters in arrays of their own, each named after one of the two halves. */
interface Arrays {
  readonly type: StorageType
  readonly parameterType?: StorageType
  /** The suffix of each parameter, in the order of the format. */
  readonly names: readonly string[]
  readonly format: Format
  readonly along: Along
  /** Tokens come in groups of 32: arrays are [K, T/32, 32, …]. */
  readonly inGroups?: boolean
  /** The two parts of an element, whose sum it is. */
  readonly parts: (code: number, parameters: readonly number[]) => readonly [number, number]
}

const half =
  ({ type, parameterType = f16, names, format, along, inGroups = false, parts }: Arrays) =>
  (name: 'k' | 'v', sizes: Sizes, random: Random): Half => {
    const { K, T, D } = sizes
    const rows = inGroups ? [K, T / group, group] : [K, T]
    const { codes, parameters, groupOf } = encode(format, along, sizes, mixedValues(sizes, random))
    const shape = along === 'all tokens' ? [K, D] : along === 'tokens' ? [K, T / group, D] : [...rows, D / group]
    return {
      arrays: new Map([
        [name, tensor(type, [...rows, D], codes)],
        ...names.map(
          (suffix, i) => [`${name}_${suffix}`, tensor(parameterType, shape, parameters[i] as number[])] as const,
        ),
      ]),
      ...elements(codes, parameters, groupOf, parts),
    }
  }

function elements(
  codes: readonly number[],
  parameters: readonly (readonly number[])[],
  groupOf: (element: number) => number,
  parts: Arrays['parts'],
): Pick<Half, 'decoded' | 'magnitudes'> {
  const both = codes.map((code, element) =>
    parts(
      code,
      parameters.map(each => each[groupOf(element)] as number),
    ),
  )
  return {
    decoded: Float64Array.from(both, ([a, b]) => a + b),
    magnitudes: Float64Array.from(both, ([a, b]) => Math.abs(a) + Math.abs(b)),
  }
}

const scaled: Arrays['parts'] = (code, [s = Number.NaN]) => [code * s, 0]
const withZero: Arrays['parts'] = (code, [zero = Number.NaN, s = Number.NaN]) => [code * s, zero]

/** The bytes of a binary16 that a Float32Array holds exactly. */
function bytesOfHalf(value: number): readonly [number, number] {
  const sign = value < 0 || Object.is(value, -0) ? 0x80 : 0
  const magnitude = Math.abs(value)
  const exponent = magnitude === 0 ? -15 : Math.max(-15, Math.floor(Math.log2(magnitude)))
  const bits = exponent < -14 ? magnitude * 2 ** 24 : (exponent + 15) * 1024 + (magnitude / 2 ** exponent - 1) * 1024
  return [bits % 256, sign + Math.floor(bits / 256)]
}

/** llama.cpp's blocks: the bytes of d, then those of the codes. */
const blocks =
  (format: Format, bytesOf: (codes: readonly number[]) => readonly number[], parts: Arrays['parts']) =>
  (name: 'k' | 'v', sizes: Sizes, random: Random): Half => {
    const { K, T } = sizes
    const { codes, parameters, groupOf } = encode(format, 'channels', sizes, mixedValues(sizes, random))
    const bytes = (parameters[0] ?? []).flatMap((d, b) => [
      ...bytesOfHalf(d),
      ...bytesOf(codes.slice(b * group, (b + 1) * group)),
    ])
    return {
      arrays: new Map([[name, tensor(u8, [K, T, bytes.length / (K * T)], bytes)]]),
      ...elements(codes, parameters, groupOf, parts),
    }
  }

type MakeHalf = (name: 'k' | 'v', sizes: Sizes, random: Random) => Half

const unsigned = { 4: u4, 3: u3, 2: u2 } as const
const signed = { 3: i3, 2: i2 } as const

const hybrid = (bits: 4 | 3 | 2): MakeHalf =>
  half({
    type: unsigned[bits],
    names: ['scale', 'zero'],
    format: innerq(bits),
    along: 'channels',
    parts: (code, [s = Number.NaN, zero = Number.NaN]) =>
      s < 0 ? [code * -s, zero] : [code * s, -(2 ** (bits - 1) - 1) * s],
  })
const innerqValues = (bits: 3 | 2): MakeHalf =>
  half({
    type: signed[bits],
    names: ['scale'],
    format: symmetric(bits, group, 'outer'),
    along: 'tokens',
    inGroups: true,
    parts: scaled,
  })
const innerqZeroValues = (bits: 3 | 2): MakeHalf =>
  half({
    type: unsigned[bits],
    names: ['zero', 'scale'],
    format: asymmetric(bits, group, 'outer'),
    along: 'tokens',
    inGroups: true,
    parts: withZero,
  })
const innerqKeys: MakeHalf = half({
  type: i3,
  names: ['scale'],
  format: symmetric(3, group, 'inner'),
  along: 'channels',
  inGroups: true,
  parts: scaled,
})
const kiviHalf = (bits: 4 | 2, along: 'tokens' | 'channels'): MakeHalf =>
  half({
    type: unsigned[bits],
    names: ['zero', 'scale'],
    format: kivi(bits, along === 'tokens' ? 'outer' : 'inner'),
    along,
    inGroups: true,
    parts: withZero,
  })
const perChannel: MakeHalf = half({
  type: i8,
  parameterType: f32,
  names: ['scale'],
  format: int8PerChannel,
  along: 'all tokens',
  parts: scaled,
})
const q8: MakeHalf = blocks(q8Apart, codes => codes.map(code => code & 255), scaled)
const q4: MakeHalf = blocks(
  q4Apart,
  codes => codes.slice(0, group / 2).map((low, j) => low | ((codes[j + group / 2] as number) << 4)),
  (code, [d = Number.NaN]) => [(code - 8) * d, 0],
)

/** The kernels of a format, which share its name, and its two halves. */
export interface EncodedCache {
  readonly steps: readonly Step[]
  readonly keys?: MakeHalf
  readonly values?: MakeHalf
  /** What D and T must be multiples of. */
  readonly channels: number
  readonly tokens: number
}

const all: readonly Step[] = ['scores', 'values', 'attention']
const inTokens = { channels: 1, tokens: group }

export const encodedCaches: Readonly<Record<string, EncodedCache>> = {
  int8_per_channel: { steps: all, keys: perChannel, values: perChannel, channels: 1, tokens: 1 },
  ...Object.fromEntries(
    ([4, 3, 2] as const).map(bits => [
      `innerq_hybrid_u${bits}`,
      { steps: ['scores'], keys: hybrid(bits), channels: group, tokens: 1 },
    ]),
  ),
  ...Object.fromEntries(
    ([3, 2] as const).flatMap(bits => [
      [`innerq_i${bits}`, { steps: ['values'], values: innerqValues(bits), ...inTokens }],
      [`innerq_u${bits}`, { steps: ['values'], values: innerqZeroValues(bits), ...inTokens }],
      [
        `innerq_k3_v${bits}`,
        { steps: ['attention'], keys: innerqKeys, values: innerqValues(bits), channels: group, tokens: group },
      ],
    ]),
  ),
  ...Object.fromEntries(
    ([4, 2] as const).map(bits => [
      `kivi_u${bits}`,
      {
        steps: ['scores', 'attention'],
        keys: kiviHalf(bits, 'tokens'),
        values: kiviHalf(bits, 'channels'),
        channels: group,
        tokens: group,
      },
    ]),
  ),
  llama_cpp_q8_0: { steps: all, keys: q8, values: q8, channels: group, tokens: 1 },
  llama_cpp_q4_0: { steps: all, keys: q4, values: q4, channels: group, tokens: 1 },
}
