import { f32, i3, i8 } from '@qernel/dsl'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  attentionScoreError,
  checkRoundTrip,
  compareCodes,
  payloadBytes,
  reconstructionError,
  roundTripBound,
} from '../src/metrics.ts'

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number

describe('reconstructionError', () => {
  it('follows the formulas', () => {
    const error = reconstructionError(Float32Array.of(1, -2, 3, 0), Float32Array.of(1, -2.5, 1, 0))
    expect(error).toEqual({ maximum: 2, l2: Math.sqrt(4.25), rms: Math.sqrt(4.25 / 4), compared: 4, nonFinite: 0 })
  })

  it('leaves out NaN and infinities, and counts them', () => {
    const error = reconstructionError(Float32Array.of(nan, infinity, 1, 2), Float32Array.of(0, infinity, nan, 2.5))
    expect(error).toEqual({ maximum: 0.5, l2: 0.5, rms: 0.5, compared: 1, nonFinite: 3 })
  })

  it('is 0 for empty tensors', () => {
    const none = new Float32Array(0)
    expect(reconstructionError(none, none)).toEqual({ maximum: 0, l2: 0, rms: 0, compared: 0, nonFinite: 0 })
  })

  it('keeps small terms that a sum in binary32 would lose', () => {
    // 1 and then 2^20 terms of 2^-12: their squares are 2^-24, each below half an ULP of the sum in binary32.
    const original = new Float32Array(2 ** 20 + 1).fill(2 ** -12).with(0, 1)
    expect(reconstructionError(original, new Float32Array(original.length)).l2).toBe(Math.sqrt(1 + 2 ** -4))
  })

  it('compares the largest f32 values without overflow', () => {
    const largest = Math.fround(3.4028234663852886e38)
    expect(reconstructionError(Float32Array.of(largest), Float32Array.of(-largest)).maximum).toBe(2 * largest)
  })

  it('refuses different lengths', () => {
    expect(() => reconstructionError(Float32Array.of(1), new Float32Array(2))).toThrow(RangeError)
  })
})

describe('attentionScoreError', () => {
  const query = Float32Array.of(1, -2)

  it('is the mean of |Q·K − Q·K̂| over tokens', () => {
    // Token 0: 1·(1 − 0.5) − 2·(1 − 1) = 0.5. Token 1: 1·(0 − 1) − 2·(3 − 2) = −3.
    const error = attentionScoreError(query, Float32Array.of(1, 1, 0, 3), Float32Array.of(0.5, 1, 1, 2))
    expect(error).toEqual({ mean: 1.75, maximum: 3, compared: 2, nonFinite: 0 })
  })

  it('leaves out tokens that are not finite', () => {
    const error = attentionScoreError(query, Float32Array.of(nan, 1, 1, 1), Float32Array.of(0, 1, 0, 1))
    expect(error).toEqual({ mean: 1, maximum: 1, compared: 1, nonFinite: 1 })
  })

  it('is 0 without tokens, and refuses rows of another width', () => {
    expect(attentionScoreError(query, new Float32Array(0), new Float32Array(0)).mean).toBe(0)
    expect(() => attentionScoreError(query, new Float32Array(3), new Float32Array(3))).toThrow(RangeError)
  })
})

/** Ties to even, for numbers far below 2^52. */
const rint = (x: number): number => x + 1.5 * 2 ** 52 - 1.5 * 2 ** 52
const roundTrip = (x: number, scale: number): number => Math.fround(rint(Math.fround(x / scale)) * scale)
const f32In = (min: number, max: number) => fc.float({ min: Math.fround(min), max: Math.fround(max), noNaN: true })

describe('roundTripBound', () => {
  it('holds for every element that binary32 arithmetic can produce', () => {
    const scales = fc.oneof(f32In(1e-30, 1e30), f32In(2 ** -149, 2 ** -120), f32In(0.001, 0.1))
    const multiples = f32In(-127.5, 127.5)
    fc.assert(
      fc.property(scales, multiples, (scale, multiple) => {
        const x = Math.fround(scale * multiple)
        expect(Math.abs(x - roundTrip(x, scale))).toBeLessThanOrEqual(roundTripBound(x, scale))
      }),
      { numRuns: 5000 },
    )
  })

  it('is at most s/2 · (1 + 3.1e-5)', () => {
    const scale = Math.fround(1 / 127)
    expect(roundTripBound(1, scale) / (scale / 2)).toBeLessThan(1 + 3.1e-5)
  })

  it('exceeds s/2, which is not a bound: a quotient may be rounded to a tie', () => {
    const scale = Math.fround(0.1)
    const x = 12.350000381469727
    const error = Math.abs(x - roundTrip(x, scale))
    expect(error).toBeGreaterThan(scale / 2)
    expect(error).toBeLessThanOrEqual(roundTripBound(x, scale))
  })
})

describe('checkRoundTrip', () => {
  const i8Codes = { low: -128, high: 127 }

  it('holds for a round trip, channel by channel', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(f32In(-1, 1), f32In(-1000, 1000)), { minLength: 1, maxLength: 40 }), rows => {
        const maxima = [0, 1].map(d => Math.max(...rows.map(row => Math.abs(row[d as 0 | 1]))))
        const scales = Float32Array.from(maxima, maximum => Math.fround(maximum < 1e-8 ? 1 / 127 : maximum / 127))
        const original = Float32Array.from(rows.flat())
        const reconstructed = original.map((x, i) => roundTrip(x, scales[i % 2] ?? 0))
        const check = checkRoundTrip(original, reconstructed, scales, i8Codes)
        expect(check).toEqual({
          holds: true,
          halfLargestScale: Math.max(...scales) / 2,
          violations: 0,
          saturated: 0,
          nonFinite: 0,
        })
      }),
    )
  })

  it('reports the first violation, and counts separately what is clamped, is not finite or has no scale', () => {
    const original = Float32Array.of(1, 200, nan, 1, 0.5, 3)
    const reconstructed = Float32Array.of(1, 127, 0, 1, 0.5, 3)
    const scales = Float32Array.of(1, 1, 1)
    expect(checkRoundTrip(original, reconstructed.with(3, 3), scales, i8Codes)).toEqual({
      holds: false,
      halfLargestScale: 0.5,
      violations: 1,
      first: { t: 1, d: 0, error: 2, bound: roundTripBound(1, 1) },
      saturated: 1,
      nonFinite: 1,
    })
    expect(checkRoundTrip(original, reconstructed, Float32Array.of(0, 1, 1), i8Codes).nonFinite).toBe(3)
  })
})

describe('codes and bytes', () => {
  it('counts equal codes and finds the first different one', () => {
    expect(compareCodes(Int8Array.of(1, 2, 3), Int8Array.of(1, 0, 0))).toEqual({
      equal: 1,
      total: 3,
      firstDifference: 1,
    })
    expect(compareCodes(Float32Array.of(nan, 0), Float32Array.of(nan, -0))).toEqual({
      equal: 1,
      total: 2,
      firstDifference: 1,
    })
  })

  it('counts the bytes that the values take', () => {
    expect(payloadBytes(f32, [2048, 128])).toBe(1048576)
    expect(payloadBytes(i8, [2048, 128])).toBe(262144)
    expect(payloadBytes(i3, [3, 3])).toBe(4)
    expect(payloadBytes(i8, [0, 128])).toBe(0)
  })
})
