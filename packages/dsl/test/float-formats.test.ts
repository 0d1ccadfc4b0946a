import { describe, expect, test } from 'vitest'
import { bfloat16Bits, bfloat16Value, float16Bits, float16Value } from '../src/numbers/float-formats.ts'

const infinity = Number.POSITIVE_INFINITY
const everyHalf = Array.from({ length: 0x10000 }, (_, bits) => bits)

describe('binary16', () => {
  test('every value survives a round trip', () => {
    const changed = everyHalf.filter(bits => {
      const value = float16Value(bits)
      return float16Bits(value) !== (Number.isNaN(value) ? 0x7e00 : bits)
    })
    expect(changed).toEqual([])
  })

  test.each([
    ['tie to even, down', 1 + 2 ** -11, 0x3c00],
    ['tie to even, up', 1 + 3 * 2 ** -11, 0x3c02],
    ['just past a tie', 1 + 2 ** -11 + 2 ** -23, 0x3c01],
    ['largest finite', 65504, 0x7bff],
    ['last value that does not overflow', 65519.996, 0x7bff],
    ['halfway to 2^16 overflows', 65520, 0x7c00],
    ['negative overflow', -1e30, 0xfc00],
    ['infinity', infinity, 0x7c00],
    ['smallest normal', 2 ** -14, 0x0400],
    ['carries from denormal into normal', 2 ** -14 - 2 ** -26, 0x0400],
    ['smallest denormal', 2 ** -24, 0x0001],
    ['half of the smallest denormal is a tie', 2 ** -25, 0x0000],
    ['just above that tie', 2 ** -25 + 2 ** -48, 0x0001],
    ['negative zero', -0, 0x8000],
    ['negative that rounds to zero', -(2 ** -30), 0x8000],
    ['NaN', Number.NaN, 0x7e00],
  ])('%s: %f', (_, value, bits) => {
    expect(float16Bits(value)).toBe(bits)
  })

  test('the midpoint of two neighbours rounds to the even one', () => {
    const wrong = everyHalf.slice(0, 0x7bff).filter(bits => {
      const midpoint = (float16Value(bits) + float16Value(bits + 1)) / 2
      return float16Bits(midpoint) !== (bits % 2 === 0 ? bits : bits + 1)
    })
    expect(wrong).toEqual([])
  })
})

describe('bfloat16', () => {
  test('every value survives a round trip', () => {
    const changed = everyHalf.filter(bits => {
      const value = bfloat16Value(bits)
      return bfloat16Bits(value) !== (Number.isNaN(value) ? 0x7fc0 : bits)
    })
    expect(changed).toEqual([])
  })

  test.each([
    ['tie to even, down', 1 + 2 ** -8, 0x3f80],
    ['tie to even, up', 1 + 3 * 2 ** -8, 0x3f82],
    ['overflow', 3.4028234663852886e38, 0x7f80],
    ['denormal', 2 ** -133, 0x0001],
    ['negative zero', -0, 0x8000],
    ['NaN', Number.NaN, 0x7fc0],
  ])('%s: %f', (_, value, bits) => {
    expect(bfloat16Bits(value)).toBe(bits)
  })
})
