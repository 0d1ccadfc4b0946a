/**
 * One special value among mixed ones: what it leaves alone. A NaN changes nothing but its own code; 0 in its place, which is no
 * extreme, leaves the same parameters, so the array with the 0 is the expectation and no definition is asked for it.
 */

import { f32, interpretKernel, type Kernel, type Tensor } from '@qernel/dsl'
import { randomNumbers } from '@qernel/dsl/internal'
import { findKernel, kernelLibrary, type LibraryKernel, largestBound } from '@qernel/kernels'
import { describe, expect, test } from 'vitest'

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number
const length = 64

/** Both signs among 32 adjacent elements of a row or a column, no 0 as the code of a 0 in asymmetric formats, and no two equal elements. */
function mixed(rows: number): Float32Array {
  const random = randomNumbers(5)
  return Float32Array.from({ length: rows * length }, (_, i) => (i % 3 === 0 ? -1 : 1) * (0.5 + 2 * random()))
}

/** The length of groups does not matter here. */
const quantizers = kernelLibrary.filter(
  ({ name, roundTrip }) => roundTrip !== undefined && !/_g(64|128)_|_quantize$/.test(name),
)

const shapeOf = (kernel: Kernel, rows: number): number[] =>
  (kernel.tensors[0] as Kernel['tensors'][number]).dims.map((dim, axis, { length: rank }) =>
    typeof dim === 'number' ? dim : axis === 0 ? rows : axis < rank - 1 ? 1 : rank === 4 ? length / 2 : length,
  )

function stored(kernel: Kernel, data: Float32Array): Map<string, Tensor> {
  const x: Tensor = { type: f32, shape: shapeOf(kernel, data.length / length), data }
  return interpretKernel(kernel, new Map([['x', x]]))
}

/** The restored elements and the stored tensors. */
function roundTripOf({ define, roundTrip }: LibraryKernel, data: Float32Array) {
  const back = findKernel(roundTrip?.dequantize ?? '')?.define() as Kernel
  const results = stored(define(), data)
  const kept = new Map(roundTrip?.stored.map((name): [string, Tensor] => [name, results.get(name) as Tensor]))
  return { kept, restored: interpretKernel(back, kept).get('x')?.data as Float32Array }
}

const restored = (entry: LibraryKernel, data: Float32Array): Float32Array => roundTripOf(entry, data).restored

/** Elements in both halves of a block and of a head vector, at both ends, and next to each other. */
const places = [0, 3, 19, 32, 40, 51, 63, length * 7 + 20, length * 31 + 21]
const withAll = (data: Float32Array, value: number): Float32Array =>
  data.map((x, i) => (places.includes(i) ? value : x))

// Its choice between two modes depends on all errors of a group: special-values.test.ts has loops for it.
const single = quantizers.filter(({ name }) => !name.startsWith('innerq_hybrid'))

test.each(single)('a NaN among mixed values changes no other element: $name', entry => {
  const data = mixed(32)
  const expected = restored(entry, withAll(data, 0))
  const actual = restored(entry, withAll(data, nan))
  const others = (_: number, i: number) => !places.includes(i)
  expect(actual.filter(others)).toEqual(expected.filter(others))
  // Codes that are floats can represent NaN.
  const keepsNaN = entry.define().tensors.some(({ name, type }) => name === 'q' && type.kind === 'float')
  const isRight = keepsNaN ? Number.isNaN : Number.isFinite
  expect(places.every(i => isRight(actual[i]))).toBe(true)
  expect(actual.filter(others).every(Number.isFinite)).toBe(true)
})

/** Formats with f16 parameters that are clamped: all formats of our own that have them. */
const clamping = quantizers.filter(({ roundTrip }) => roundTrip?.bound.saturatesAbove !== undefined)

test('exactly our own formats with f16 parameters say at which value they saturate', () => {
  const f16Parameters = quantizers.filter(({ define }) => define().tensors.some(({ type }) => type.name === 'f16'))
  const ours = f16Parameters.filter(({ name }) => !/^(kivi|llama_cpp)_/.test(name))
  expect(clamping.map(({ name }) => name)).toEqual(ours.map(({ name }) => name))
})

describe('an element that exceeds f16 parameters leaves the others of its group within their bound', () => {
  test.each(clamping)('$name', entry => {
    const { define, roundTrip } = entry
    const { bound, dequantize } = roundTrip as NonNullable<typeof roundTrip>
    const alongRow = !entry.name.endsWith('_outer')
    for (const special of [-7e4, 65520, 1e30, -3.4e38, infinity, -infinity]) {
      const data = mixed(1)
        .slice(0, 32)
        .map((x, i) => (i === 5 ? special : x * 100))
      const results = interpretKernel(
        define(),
        new Map([['x', { type: f32, shape: alongRow ? [1, 32] : [32, 1], data }]]),
      )
      const kept = new Map([...results].filter(([name]) => roundTrip?.stored.includes(name)))
      const back = interpretKernel((findKernel(dequantize) as LibraryKernel).define(), kept).get('x')?.data ?? []
      const value = (name = '') => results.get(name)?.data[0] ?? 0
      const largest = bound.largest(value(bound.scale), value(bound.zero))
      expect(largest).toBeLessThan(65504)
      for (const [i, x] of data.entries()) {
        if (i === 5) expect(Math.abs(back[i] as number)).toBeGreaterThan(largest)
        // Larger than the roundings of f32 at 65504 times the largest code.
        else expect(Math.abs((back[i] as number) - x), `${special}: ${i}`).toBeLessThanOrEqual(largest * (1 + 2 ** -10))
      }
    }
  })
})

describe('two codes of one byte', () => {
  const bytes = (name: string, data: Float32Array, array: string): readonly number[] => [
    ...(stored((findKernel(name) as LibraryKernel).define(), data).get(array)?.data ?? []),
  ]

  // Element 0 is −1, and all others are 0.9 except 19, which shares its byte with 3. d = 1/8: 0.9 · 8 + 8.5 = 15.7.
  const block = (special: number) => Float32Array.from({ length }, (_, i) => (i === 0 ? -1 : i === 19 ? special : 0.9))
  test.each([
    ['llama_cpp_q4_0', 'q', 0],
    ['llama_cpp_q4_0_blocks', 'blocks', 2],
  ])('%s: the neighbour of a NaN keeps its code, that of an infinity gets 8, as in llama.cpp', (name, array, first) => {
    expect(bytes(name, block(nan), array).slice(first, first + 16)).toEqual([
      0xf0,
      0xff,
      0xff,
      0x0f,
      ...Array(12).fill(0xff),
    ])
    const infinite = [0x88, 0x88, 0x88, 0x08, ...Array(12).fill(0x88)]
    expect(bytes(name, block(infinity), array).slice(first, first + 16)).toEqual(infinite)
    expect(bytes(name, block(-infinity), array).slice(first, first + 16)).toEqual(infinite)
  })

  test('lmdeploy_u4: the neighbour of a NaN keeps its code, and an infinity makes the parameters of its vector infinite or NaN', () => {
    const vector = (special: number) =>
      Float32Array.from({ length }, (_, i) => (i === 0 ? -1 : i === 35 ? special : 0.9))
    expect(bytes('lmdeploy_u4', vector(nan), 'q').slice(0, 5)).toEqual([0xf0, 0xff, 0xff, 0x0f, 0xff])
    expect(bytes('lmdeploy_u4', vector(infinity), 'scale')).toEqual([infinity])
    expect(bytes('lmdeploy_u4', vector(infinity), 'q')).toEqual(Array(length / 2).fill(0))
  })
})

describe('finite vectors of tiny numbers come back within their bound', () => {
  const tiny = [0, 10, 2, 5].map(x => x * 2 ** -149)
  const kinds: readonly (readonly [string, (i: number) => number])[] = [
    ['denormals', i => tiny[i % 4] as number],
    ['denormals of both signs', i => (i % 2 === 0 ? -1 : 1) * (tiny[i % 4] as number)],
    ['a few of the smallest floats', i => (i % 4) * 2 ** -149],
    ['the smallest float', () => 2 ** -149],
    ['denormal scales', i => (i % 61) * 2 ** -143],
    ['below the smallest f16', i => (i % 5) * 2 ** -28],
    ['about half the smallest f16 a step', i => (i % 64) * 2 ** -27],
    ['denormal f16 scales', i => Math.fround((i % 37) * 1.4e-6)],
    ['a constant beside a neighbour', i => (i === 0 ? 1 + 2 ** -23 : 1)],
  ]
  test.each(quantizers)('$name', entry => {
    for (const [what, value] of kinds) {
      const data = Float32Array.from({ length: 32 * length }, (_, i) => value(i))
      const { restored: back, kept } = roundTripOf(entry, data)
      const { value: bound } = largestBound(entry.roundTrip as NonNullable<typeof entry.roundTrip>, kept)
      const error = back.reduce((worst, x, i) => Math.max(worst, Math.abs(x - (data[i] as number))), 0)
      // f32 rounds the restored elements.
      const rounding = Math.max(...data.map(Math.abs)) * 2 ** -20 + 2 ** -148
      expect(error, what).toBeLessThanOrEqual(bound + rounding)
    }
  })
})
