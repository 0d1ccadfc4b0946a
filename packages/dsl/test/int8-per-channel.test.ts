/** The interpreter against a second definition of the same kernels: plain loops that do not use the language. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { abs, bf16, f16, f32, i8, kernel, max, type StorageType } from '../src/index.ts'
import { run, tensor } from './tensors.ts'

const { fround } = Math

const perChannel = kernel('per_channel', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const scale = output('scale', f32, [D], d => {
    const largest = max(T, t => abs(x(t, d)))
    return largest.lt(1e-8).select(1, largest).div(127)
  })
  output('q', i8, [T, D], (t, d) => x(t, d).div(scale(d)).round().clamp(-128, 127))
})

const quantize = kernel('quantize', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const scale = input('scale', f32, [D])
  output('q', i8, [T, D], (t, d) => x(t, d).div(scale(d)).round().clamp(-128, 127))
})

const dequantize = (type: StorageType) =>
  kernel('dequantize', ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const q = input('q', i8, [T, D])
    const scale = input('scale', f32, [D])
    output('x', type, [T, D], (t, d) => q(t, d).toF32().mul(scale(d)))
  })

// ─── The oracle: binary64 arithmetic on binary32 numbers, rounded where binary32 would round ─────────────────────────

/** Ties to even, by finding the nearest even integer. */
function nearestEven(x: number): number {
  const below = Math.floor(x)
  if (x - below < 0.5) return below
  if (x - below > 0.5) return below + 1
  return below % 2 === 0 ? below : below + 1
}

function code(x: number, scale: number): number {
  const ratio = fround(x / scale)
  if (Number.isNaN(ratio)) return 0
  if (ratio >= 127) return 127
  if (ratio <= -128) return -128
  return nearestEven(ratio) + 0
}

function scales(x: Float32Array, T: number, D: number): number[] {
  const result: number[] = []
  for (let d = 0; d < D; d++) {
    let largest = 0
    for (let t = 0; t < T; t++) {
      const magnitude = Math.abs(x[t * D + d] as number)
      if (magnitude > largest) largest = magnitude
    }
    result.push(fround((largest < fround(1e-8) ? 1 : largest) / 127))
  }
  return result
}

const codes = (x: Float32Array, scale: readonly number[], D: number): number[] =>
  Array.from(x, (value, i) => code(value, scale[i % D] as number))

// ─── Shapes and values ──────────────────────────────────────────────────────────────────────────────────────────────

const extents = fc.constantFrom(0, 1, 2, 3, 5, 7, 8, 13, 16, 17, 31)

const classes: Readonly<Record<string, fc.Arbitrary<number>>> = {
  uniform: fc.float({ min: -1, max: 1, noNaN: true }),
  anything: fc.float(),
  ties: fc.integer({ min: -300, max: 300 }).map(n => n / 2),
  'NaN and infinities': fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1, -2),
  zeros: fc.constantFrom(0, -0),
  denormals: fc.integer({ min: -(2 ** 20), max: 2 ** 20 }).map(n => n * 2 ** -149),
  'around the threshold': fc.constantFrom(1e-8, -1e-8, 9.9e-9, 1.1e-8, 0, 5e-9).map(fround),
  huge: fc.constantFrom(3.4028234663852886e38, -3.4028234663852886e38, 1e38, 1).map(fround),
}

const matrix = (value: fc.Arbitrary<number>) =>
  fc.tuple(extents, extents).chain(([T, D]) =>
    fc
      .tuple(
        fc.array(value, { minLength: T * D, maxLength: T * D }),
        // Some channels hold only zeros.
        fc.array(fc.integer({ min: 0, max: 4 }), { minLength: D, maxLength: D }),
      )
      .map(([values, keep]) => ({ T, D, x: Float32Array.from(values, (v, i) => (keep[i % D] === 0 ? 0 : v)) })),
  )

describe.each(Object.entries(classes))('%s', (_, value) => {
  test('two stages give the scales and codes of the plain loops', () => {
    const property = fc.property(matrix(value), ({ T, D, x }) => {
      const inputs = { x: tensor(f32, [...x], [T, D]) }
      const scale = scales(x, T, D)
      expect(run(perChannel, inputs, 'scale')).toEqual(scale)
      expect(run(perChannel, inputs, 'q')).toEqual(codes(x, scale, D))
    })
    fc.assert(property, { numRuns: 60 })
  })

  test('given scales, including 0 and NaN, produce the codes of the plain loops', () => {
    const scale = fc.constantFrom(1, 0.5, 1 / 127, 0.1, 0, -1, 1e-30, Number.NaN, Number.POSITIVE_INFINITY).map(fround)
    const property = fc.property(
      matrix(value),
      fc.array(scale, { minLength: 31, maxLength: 31 }),
      ({ T, D, x }, all) => {
        const given = all.slice(0, D)
        const inputs = { x: tensor(f32, [...x], [T, D]), scale: tensor(f32, given) }
        expect(run(quantize, inputs, 'q')).toEqual(codes(x, given, D))
      },
    )
    fc.assert(property, { numRuns: 60 })
  })
})

test.each([
  ['f32', f32, fround],
  // The 16-bit formats, defined by their 11 or 8 significant bits and their exponent ranges.
  ['f16', f16, (v: number) => narrow(v, 11, -24, 65504)],
  ['bf16', bf16, (v: number) => narrow(v, 8, -133, 2 ** 127 * (2 - 2 ** -7))],
] as const)('dequantizing to %s gives the rounded product of code and scale', (_, type, round) => {
  const scale = fc.float({ noNaN: true, min: -1e4, max: 1e4 })
  const property = fc.property(
    fc.array(fc.integer({ min: -128, max: 127 }), { minLength: 1, maxLength: 40 }),
    scale,
    (q, s) => {
      const inputs = { q: tensor(i8, q, [q.length, 1]), scale: tensor(f32, [s]) }
      expect(run(dequantize(type), inputs, 'x')).toEqual(q.map(value => round(fround(value * s))))
    },
  )
  fc.assert(property, { numRuns: 200 })
})

/** The nearest value with `precision` significant bits whose last place is at least 2^`least`; ties to even. */
function narrow(value: number, precision: number, least: number, largest: number): number {
  if (value === 0 || !Number.isFinite(value)) return value
  const place = 2 ** Math.max(Math.floor(Math.log2(Math.abs(value))) - precision + 1, least)
  const rounded = nearestEven(value / place) * place
  if (Math.abs(rounded) > largest) return Math.sign(value) * Number.POSITIVE_INFINITY
  return rounded === 0 ? Math.sign(value) * 0 : rounded
}

describe('what the documentation promises, by example', () => {
  const column = (...values: number[]) => ({ x: tensor(f32, values, [values.length, 1]) })
  const { NaN: nan, POSITIVE_INFINITY: inf } = Number

  test('an all-zero channel has scale 1/127 and codes 0', () => {
    expect(run(perChannel, column(0, -0, 1e-9), 'scale')).toEqual([fround(1 / 127)])
    expect(run(perChannel, column(0, -0, 1e-9), 'q')).toEqual([0, 0, 0])
  })
  test('NaN does not count towards the maximum and gets code 0', () => {
    expect(run(perChannel, column(nan, 127, -1), 'scale')).toEqual([1])
    expect(run(perChannel, column(nan, 127, -1), 'q')).toEqual([0, 127, -1])
  })
  test('an infinity makes the scale infinite and every code 0', () => {
    expect(run(perChannel, column(inf, 5, -inf), 'scale')).toEqual([inf])
    expect(run(perChannel, column(inf, 5, -inf), 'q')).toEqual([0, 0, 0])
  })
  test('ties go to the even code', () => {
    expect(run(perChannel, column(127, 0.5, 1.5, 2.5, -0.5, -2.5), 'q')).toEqual([127, 0, 2, 2, 0, -2])
  })
  test('an input without tokens produces no codes, and the scales of empty channels', () => {
    const inputs = { x: tensor(f32, [], [0, 2]) }
    expect(run(perChannel, inputs, 'scale')).toEqual([fround(1 / 127), fround(1 / 127)])
    expect(run(perChannel, inputs, 'q')).toEqual([])
  })
})
