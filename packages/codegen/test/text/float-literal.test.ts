import fc from 'fast-check'
import { expect, test } from 'vitest'
import { floatDecimal } from '../../src/text/float-literal.ts'

test.each([
  [0, '0.0'],
  [-0, '-0.0'],
  [127, '127.0'],
  [-128, '-128.0'],
  [Math.fround(0.1), '0.1'],
  [Math.fround(1e-8), '1e-8'],
  [Math.fround(1 / 127), '0.007874016'],
  [2 ** 24 + 2, '16777218.0'],
  [2 ** -149, '1e-45'],
  [3.4028234663852886e38, '3.4028234e+38'],
  [-3.4028234663852886e38, '-3.4028234e+38'],
  [3.3895313892515355e38, '3.3895314e+38'],
  [65504, '65504.0'],
])('%d is written %s', (value, text) => {
  expect(floatDecimal(value)).toBe(text)
})

test('every finite binary32 value survives a round trip, and no decimal exceeds the largest one', () => {
  fc.assert(
    fc.property(fc.float({ noNaN: true, noDefaultInfinity: true }), value => {
      const decimal = Number(floatDecimal(value))
      expect(Math.fround(decimal)).toBe(value)
      expect(Math.abs(decimal)).toBeLessThanOrEqual(3.4028234663852886e38)
    }),
    { numRuns: 10_000 },
  )
})

test('infinities and NaN have no decimal', () => {
  expect(() => floatDecimal(Number.POSITIVE_INFINITY)).toThrow(RangeError)
  expect(() => floatDecimal(Number.NaN)).toThrow(RangeError)
})
