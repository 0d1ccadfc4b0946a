import {
  attentionError,
  attentionOutputError,
  l2SummedInBinary32,
  randomNumbers,
  uniformChannelError,
} from '@qernel/testing/internal'
import { describe, expect, test } from 'vitest'

describe('attention output error', () => {
  const query = Float32Array.of(2, 0, 0, 0)
  const keys = Float32Array.of(1, 9, 9, 9, 0, 9, 9, 9)
  const values = Float32Array.of(1, 0, 0, 0, 0, 1, 0, 0)

  test('equals the error computed by hand for two tokens', () => {
    const equalKeys = Float32Array.of(0, 9, 9, 9, 0, 9, 9, 9)
    // softmax(1, 0) is the output before, softmax(0, 0) after.
    const [p, q] = [Math.E / (Math.E + 1), 1 / (Math.E + 1)]
    const before = Math.hypot(p, q)
    const error = attentionOutputError([query], { keys, values }, { keys: equalKeys, values })
    expect(error.maximum).toBeCloseTo(p - 0.5, 12)
    expect(error.relative.mean).toBeCloseTo((Math.SQRT2 * (p - 0.5)) / before, 12)
    expect(error.cosine).toBeCloseTo((0.5 * (p + q)) / (before * Math.SQRT1_2), 12)
  })

  test('the worst query counts, and opposite values have cosine -1', () => {
    const opposite = values.map(x => -x)
    const error = attentionOutputError([query, query], { keys, values }, { keys, values: opposite })
    expect(error.cosine).toBeCloseTo(-1, 12)
    expect(error.relative).toEqual({ mean: expect.closeTo(2, 12), largest: expect.closeTo(2, 12) })
    expect(attentionOutputError([query], { keys, values }, { keys, values })).toEqual({
      cosine: expect.closeTo(1, 12),
      maximum: 0,
      relative: { mean: 0, largest: 0 },
    })
    expect(() => attentionOutputError([query], { keys, values }, { keys, values: query })).toThrow(RangeError)
  })
})

describe('attention error', () => {
  test('equals the error computed by hand for D = 4, where scores are halved', () => {
    const query = Float32Array.of(2, 0, 0, 0)
    const keys = Float32Array.of(1, 9, 9, 9, 0, 9, 9, 9)
    const restored = Float32Array.of(0, 9, 9, 9, 0, 9, 9, 9)
    const { scores, probabilities } = attentionError(query, keys, restored)
    expect(scores).toEqual({ mean: 0.5, maximum: 1 })
    // softmax(1, 0) compared with softmax(0, 0)
    const moved = Math.E / (Math.E + 1) - 0.5
    expect(probabilities.maximum).toBeCloseTo(moved, 12)
    expect(probabilities.moved).toBeCloseTo(moved, 12)
  })

  test('is 0 for unchanged keys, even if scores are huge', () => {
    const keys = Float32Array.of(1e30, -1e30, 3, 4)
    expect(attentionError(Float32Array.of(1e5, 1), keys, keys)).toEqual({
      scores: { mean: 0, maximum: 0 },
      probabilities: { maximum: 0, moved: 0 },
    })
  })

  test('refuses shapes that do not fit', () => {
    const [three, four] = [new Float32Array(3), new Float32Array(4)]
    expect(() => attentionError(three, four, four)).toThrow(RangeError)
    expect(() => attentionError(new Float32Array(2), four, three)).toThrow(RangeError)
    expect(() => attentionError(new Float32Array(0), four, four)).toThrow(RangeError)
  })
})

describe('INT8 per channel on uniform data', () => {
  test('agrees with theory: rms scale/√12, attention √D · scale/6 · √(2/π)', () => {
    const [T, D] = [131072, 1024]
    const { bound, maximum, l2, attention, sampledTokens } = uniformChannelError(T, D, 64, 32, 7)
    const scale = 1 / 127
    expect(sampledTokens).toBe(64)
    expect(bound).toBeCloseTo(scale / 2, 6)
    expect(maximum).toBeLessThanOrEqual(bound * (1 + 2 ** -15))
    expect(l2 / ((Math.sqrt(T * D) * scale) / Math.sqrt(12))).toBeCloseTo(1, 2)
    const mean = ((Math.sqrt(D) * scale) / 6) * Math.sqrt(2 / Math.PI)
    expect(Math.abs(attention / mean - 1)).toBeLessThan(0.08)
  })

  test('a sum in binary32 is right if it is short, and stalls if it is long', () => {
    const exact = (elements: number) => Math.sqrt(elements) / 127 / Math.sqrt(12)
    expect(l2SummedInBinary32(2 ** 18, 1) / exact(2 ** 18)).toBeCloseTo(1, 2)
    expect(l2SummedInBinary32(2 ** 27, 1)).toBeLessThan(0.7 * exact(2 ** 27))
  })
})

test('random numbers are the same on every machine', () => {
  const random = randomNumbers(1)
  expect([random(), random()]).toEqual([0.6270739405881613, 0.002735721180215478])
})
