/**
 * Formats, byte by byte: encoders written here from the published definitions, with nothing of the library in them, against what
 * the kernels store. Arithmetic is binary32 (`fround` after each step); f16 bits are rounded by exhaustive choice.
 */

import { f32, interpretKernel, type Kernel, packTensor, type Tensor } from '@qernel/dsl'
import { randomNumbers } from '@qernel/dsl/internal'
import {
  kiviKey,
  kiviValue,
  lmdeployU4,
  lmdeployU8,
  onnxRuntimeInt8,
  onnxRuntimeInt8Records,
  q4_0,
  q4_0Blocks,
  q8_0,
  q8_0Blocks,
  vllmInt8PerTokenHead,
} from '@qernel/kernels'
import { describe, expect, test } from 'vitest'

const f = Math.fround

/** The value of 16 bits as binary16. */
const halfValue = (bits: number): number => {
  const [sign, exponent, mantissa] = [bits & 0x8000 ? -1 : 1, (bits >> 10) & 31, bits & 1023]
  if (exponent === 31) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return exponent === 0 ? sign * mantissa * 2 ** -24 : sign * (1024 + mantissa) * 2 ** (exponent - 25)
}

/** The nearest binary16, ties to the even mantissa: by bisection, since magnitudes are ordered like their bits. */
function halfBits(x: number): number {
  const sign = Object.is(x, -0) || x < 0 ? 0x8000 : 0
  const magnitude = Math.abs(x)
  let [low, high] = [0, 0x7c00]
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if (halfValue(middle) <= magnitude) low = middle
    else high = middle
  }
  const top = high === 0x7c00 ? 65536 : halfValue(high)
  const [below, above] = [magnitude - halfValue(low), top - magnitude]
  return sign | (below < above || (below === above && low % 2 === 0) ? low : high)
}
const half = (x: number): number => halfValue(halfBits(x))

const bytesOfHalf = (x: number): number[] => [halfBits(x) & 255, halfBits(x) >> 8]
const bytesOfFloat = (x: number): number[] => [...new Uint8Array(Float32Array.of(x).buffer)]
const roundHalfAway = (x: number): number => Math.sign(x) * Math.floor(Math.abs(x) + 0.5)
function roundHalfEven(x: number): number {
  const floor = Math.floor(x)
  const rest = x - floor
  return rest < 0.5 ? floor : rest > 0.5 ? floor + 1 : floor + Math.abs(floor % 2)
}
const clamp = (x: number, low: number, high: number): number => Math.min(high, Math.max(low, x))
/** NaN does not count. */
const numbersOf = (row: readonly number[]): number[] => row.filter(x => !Number.isNaN(x))
const largestOf = (row: readonly number[]): number => Math.max(...numbersOf(row).map(Math.abs))
const extremesOf = (row: readonly number[]): [number, number] => [
  Math.min(...numbersOf(row)),
  Math.max(...numbersOf(row)),
]

/** Rows with ties, an all-zero row, a constant row, both signs of one magnitude, and NaN and an infinity among ordinary numbers. */
function rows(count: number, length: number): number[][] {
  const random = randomNumbers(count * 1000 + length)
  return Array.from({ length: count }, (_, row) =>
    Array.from({ length }, (_, i) => {
      if (row === 1) return i % 2 === 0 ? 0 : -0
      if (row === 2) return 0.75
      if (row === 3) return i === 0 ? 127 : Math.floor(random() * 508 - 254) / 2
      if (row === 4) return i % 2 === 0 ? 3 : -3
      if (row === 5 && i % 7 === 3) return Number.NaN
      if (row === 6 && i === 5) return Number.NEGATIVE_INFINITY
      return f(random() * 6 - 3)
    }),
  )
}

const run = (kernel: Kernel, data: readonly number[], shape: readonly number[]): Map<string, Tensor> =>
  interpretKernel(kernel, new Map([['x', { type: f32, shape, data: Float32Array.from(data) }]]))
const bytesOf = (results: Map<string, Tensor>, name: string): number[] => [
  ...packTensor(results.get(name) as Tensor, 1, 1),
]
const chunks = <T>(all: readonly T[], length: number): T[][] =>
  Array.from({ length: all.length / length }, (_, i) => all.slice(i * length, (i + 1) * length))

const data = rows(7, 96)
const shape = [7, 96]

describe('llama.cpp', () => {
  test('q8_0 stores blocks of 34 bytes', () => {
    const encode = (all: readonly (readonly number[])[]) =>
      all.flatMap(row =>
        chunks(row, 32).flatMap(block => {
          const d = f(largestOf(block) / 127)
          const inverse = d === 0 ? 0 : f(1 / d)
          return [...bytesOfHalf(d), ...block.map(x => roundHalfAway(f(x * inverse)) & 255)]
        }),
      )
    const file = encode(data)
    expect(bytesOf(run(q8_0Blocks(), data.flat(), shape), 'blocks')).toEqual(file)
    const results = run(q8_0(), data.flat(), shape)
    const [scales, codes] = [chunks(bytesOf(results, 'd'), 2), chunks(bytesOf(results, 'q'), 32)]
    expect(scales.flatMap((d, i) => [...d, ...(codes[i] as number[])])).toEqual(file)
    expect(file).toHaveLength(7 * 3 * 34)
  })

  test('q4_0 stores blocks of 18 bytes, with element j in the low nibble and j + 16 in the high one', () => {
    const encode = (all: readonly (readonly number[])[]) =>
      all.flatMap(row =>
        chunks(row, 32).flatMap(block => {
          const magnitude = largestOf(block)
          // The first value of the largest magnitude; 0 if all are 0.
          const m = magnitude === 0 ? 0 : (block.find(x => Math.abs(x) === magnitude) as number)
          const d = f(m / -8)
          const inverse = d === 0 ? 0 : f(1 / d)
          const code = (x: number) => Math.min(15, Math.trunc(f(f(x * inverse) + 8.5)))
          const nibbles = block.slice(0, 16).map((x, j) => code(x) | (code(block[j + 16] as number) << 4))
          return [...bytesOfHalf(d), ...nibbles]
        }),
      )
    const file = encode(data)
    expect(bytesOf(run(q4_0Blocks(), data.flat(), shape), 'blocks')).toEqual(file)
    const results = run(q4_0(), data.flat(), shape)
    const [scales, codes] = [chunks(bytesOf(results, 'd'), 2), chunks(bytesOf(results, 'q'), 16)]
    expect(scales.flatMap((d, i) => [...d, ...(codes[i] as number[])])).toEqual(file)
    expect(file).toHaveLength(7 * 3 * 18)
  })

  test('known blocks have the known bytes', () => {
    const ramp = Array.from({ length: 32 }, (_, i) => i - 16)
    const results = run(q4_0(), ramp, [1, 32])
    // m = −16, d = 2: −16 → 0, 15 → trunc(7.5 + 8.5) = 16 → 15; −14.0/2 + 8.5 = 1.5 → 1
    expect(bytesOf(results, 'd')).toEqual([0x00, 0x40])
    expect(bytesOf(results, 'q')[0]).toBe(0x80)
    expect(bytesOf(results, 'q')[15]).toBe(0xf8)
    const tie = run(q8_0(), [127, 0.5, -0.5, 1.5, 2.5, ...Array(27).fill(0)], [1, 32])
    expect([...(tie.get('q') as Tensor).data.subarray(0, 5)]).toEqual([127, 1, -1, 2, 3])
    const zero = run(q4_0(), Array(32).fill(0), [1, 32])
    expect([bytesOf(zero, 'd'), bytesOf(zero, 'q')[0]]).toEqual([[0x00, 0x80], 0x88])
  })
})

test('vLLM int8_per_token_head stores the published codes and scales', () => {
  const results = run(vllmInt8PerTokenHead(), data.flat(), [7, 2, 48])
  const heads = chunks(data.flat(), 48)
  const scales = heads.map(row => Math.max(f(largestOf(row) / 127), f(1e-6)))
  expect(bytesOf(results, 'scale')).toEqual(scales.flatMap(bytesOfFloat))
  const codes = heads.flatMap((row, i) => {
    const inverse = f(1 / (scales[i] as number))
    return row.map(x => clamp(roundHalfEven(f(x * inverse)), -128, 127) & 255)
  })
  expect(bytesOf(results, 'q')).toEqual(codes)
})

test('ONNX Runtime stores a record of 1 + D/4 words per head vector', () => {
  const results = run(onnxRuntimeInt8(), data.flat(), [7, 2, 48])
  const records = chunks(data.flat(), 48).flatMap(row => {
    const scale = f(largestOf(row) / 127)
    const inverse = scale === 0 ? 0 : f(1 / scale)
    return [...bytesOfFloat(scale), ...row.map(x => clamp(roundHalfEven(f(x * inverse)), -127, 127) & 255)]
  })
  const [scales, codes] = [chunks(bytesOf(results, 'scale'), 4), chunks(bytesOf(results, 'q'), 48)]
  expect(scales.flatMap((scale, i) => [...scale, ...(codes[i] as number[])])).toEqual(records)
  expect(bytesOf(run(onnxRuntimeInt8Records(), data.flat(), [7, 2, 48]), 'rows')).toEqual(records)
})

describe('LMDeploy', () => {
  const heads = chunks(data.flat(), 48)
  const parameters = (row: readonly number[], steps: number) => {
    const [low, high] = extremesOf(row)
    const scale = f(f(high - low) / steps) || 1
    return { scale, zero: f(-low / scale) }
  }
  const code = (x: number, { scale, zero }: ReturnType<typeof parameters>, steps: number) =>
    clamp(Math.trunc(f(f(f(x / scale) + zero) + 0.5)), 0, steps) || 0

  test('u8', () => {
    const results = run(lmdeployU8(), data.flat(), [7, 2, 48])
    const all = heads.map(row => parameters(row, 255))
    expect((results.get('scale') as Tensor).data).toEqual(Float32Array.from(all, ({ scale }) => scale))
    expect([...(results.get('zero') as Tensor).data].map(x => x + 0)).toEqual(all.map(({ zero }) => zero + 0))
    expect(bytesOf(results, 'q')).toEqual(
      heads.flatMap((row, i) => row.map(x => code(x, all[i] as (typeof all)[number], 255))),
    )
  })

  test('u4 stores channel d in the low nibble and channel d + D/2 in the high one', () => {
    const results = run(lmdeployU4(), data.flat(), [7, 2, 2, 24])
    const all = heads.map(row => parameters(row, 15))
    expect(bytesOf(results, 'q')).toEqual(
      heads.flatMap((row, i) => {
        const own = all[i] as (typeof all)[number]
        return row.slice(0, 24).map((x, d) => code(x, own, 15) | (code(row[d + 24] as number, own, 15) << 4))
      }),
    )
  })
})

describe('KIVI', () => {
  const quantize = (group: readonly number[], steps: number) => {
    const [low, high] = extremesOf(group)
    const zero = half(low)
    const scale = half(f(f(high - low) / steps)) || 1
    return { zero, scale, codes: group.map(x => clamp(roundHalfEven(f(f(x - zero) / scale)), 0, steps)) }
  }
  /** A row of codes, least significant bits first. */
  const pack = (codes: readonly number[], bits: number): number[] =>
    chunks(codes, 8 / bits).map(byte => byte.reduce((word, q, i) => word | (q << (bits * i)), 0))

  test.each([2, 4] as const)('values, %i bits: per token, groups of 32 channels', bits => {
    const results = run(kiviValue(bits)(), data.flat(), shape)
    const groups = data.map(row => chunks(row, 32).map(group => quantize(group, 2 ** bits - 1)))
    expect(bytesOf(results, 'scale')).toEqual(groups.flat().flatMap(({ scale }) => bytesOfHalf(scale)))
    expect(bytesOf(results, 'zero')).toEqual(groups.flat().flatMap(({ zero }) => bytesOfHalf(zero)))
    expect(bytesOf(results, 'q')).toEqual(
      groups.flatMap(row =>
        pack(
          row.flatMap(({ codes }) => codes),
          bits,
        ),
      ),
    )
  })

  test.each([2, 4] as const)('keys, %i bits: per channel, groups of 32 tokens', bits => {
    const tokens = rows(64, 16)
    const results = run(kiviKey(bits)(), tokens.flat(), [64, 16])
    const groups = chunks(tokens, 32).map(part =>
      Array.from({ length: 16 }, (_, d) =>
        quantize(
          part.map(row => row[d] as number),
          2 ** bits - 1,
        ),
      ),
    )
    expect(bytesOf(results, 'scale')).toEqual(groups.flat().flatMap(({ scale }) => bytesOfHalf(scale)))
    const codes = groups.flatMap(channels =>
      Array.from({ length: 32 }, (_, t) =>
        pack(
          channels.map(channel => channel.codes[t] as number),
          bits,
        ),
      ).flat(),
    )
    expect(bytesOf(results, 'q')).toEqual(codes)
  })
})
