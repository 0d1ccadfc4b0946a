import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fusedMultiplyAdd, roundHalfAway, roundHalfEven } from '../src/internal.ts'

/** The value of a finite binary32 or binary64 number as an integer multiple of 2^−unit. */
const unit = 300
function scaled(x: number): bigint {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, x)
  const bits = view.getBigUint64(0)
  const exponent = Number((bits >> 52n) & 0x7ffn)
  const mantissa = (bits & ((1n << 52n) - 1n)) | (exponent === 0 ? 0n : 1n << 52n)
  const shift = BigInt(unit + Math.max(exponent, 1) - 1075)
  const magnitude = shift >= 0n ? mantissa << shift : mantissa >> -shift
  return bits >> 63n === 0n ? magnitude : -magnitude
}

/** A rational n / 2^(2·unit) rounded once to binary32, ties to even, by comparing with both neighbours. */
function nearestBinary32(n: bigint): number {
  const magnitude = n < 0n ? -n : n
  const sign = n < 0n ? -1 : 1
  const size = magnitude.toString(2).length - 1 - 2 * unit
  // The last place of binary32 at this magnitude: 23 places below the leading bit, but never below 2^−149.
  const place = BigInt(Math.max(size - 23, -149) + 2 * unit)
  const whole = magnitude >> place
  const rest = magnitude - (whole << place)
  const half = 1n << (place - 1n)
  const rounded = whole + (rest > half || (rest === half && whole % 2n === 1n) ? 1n : 0n)
  return Math.fround(sign * Number(rounded) * 2 ** (Number(place) - 2 * unit))
}

const anyFinite = fc.float({ noNaN: true, noDefaultInfinity: true })
/** Operands whose sums and products lie close to a tie: they have few bits and similar magnitudes. */
const nearTies = fc
  .record({ mantissa: fc.integer({ min: -(2 ** 24), max: 2 ** 24 }), exponent: fc.integer({ min: -30, max: 6 }) })
  .map(({ mantissa, exponent }) => Math.fround(mantissa * 2 ** exponent))
const denormal = fc.integer({ min: -(2 ** 23), max: 2 ** 23 }).map(n => n * 2 ** -149)
const operand = fc.oneof(anyFinite, nearTies, nearTies, denormal)

test('fma rounds the exact result once', () => {
  const property = fc.property(operand, operand, operand, (a, b, c) => {
    const exact = scaled(a) * scaled(b) + (scaled(c) << BigInt(unit))
    fc.pre(exact !== 0n)
    expect(fusedMultiplyAdd(a, b, c)).toBe(nearestBinary32(exact))
  })
  fc.assert(property, { numRuns: 5000 })
})

test('fma is exact when the product nearly cancels: c ≈ −fround(a·b)', () => {
  const property = fc.property(nearTies, nearTies, fc.integer({ min: -2, max: 2 }), (a, b, steps) => {
    const product = Math.fround(a * b)
    const c = Math.fround(-product + steps * Math.abs(product) * 2 ** -23)
    const exact = scaled(a) * scaled(b) + (scaled(c) << BigInt(unit))
    fc.pre(exact !== 0n && Number.isFinite(c))
    expect(fusedMultiplyAdd(a, b, c)).toBe(nearestBinary32(exact))
  })
  fc.assert(property, { numRuns: 3000 })
})

test('both ways of rounding give the nearest integer and differ only on ties', () => {
  const halves = fc.integer({ min: -(2 ** 24), max: 2 ** 24 }).map(n => n / 2)
  const property = fc.property(fc.oneof(fc.float({ noNaN: true, min: -1e9, max: 1e9 }), halves), x => {
    const [even, away] = [roundHalfEven(x), roundHalfAway(x)]
    for (const rounded of [even, away]) {
      expect(Number.isInteger(rounded)).toBe(true)
      expect(Math.abs(x - rounded)).toBeLessThanOrEqual(0.5)
      // The sign survives, even for zeros.
      expect(Object.is(Math.sign(rounded), rounded === 0 ? (Object.is(x, -0) || x < 0 ? -0 : 0) : Math.sign(x))).toBe(
        true,
      )
    }
    if (Math.abs(x - Math.trunc(x)) === 0.5) {
      expect(Math.abs(even % 2)).toBe(0)
      expect(Math.abs(away)).toBe(Math.abs(x) + 0.5)
    } else expect(even).toBe(away)
  })
  fc.assert(property, { numRuns: 2000 })
})
