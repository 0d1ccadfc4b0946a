/**
 * The arithmetic of the oracles, written from IEEE 754 alone: it uses nothing of @qernel/dsl, so that a mistake there cannot hide. An f32 operation
 * is the exact or double result rounded once by `f32`, which is the same for + − × ÷.
 */
export const f32 = Math.fround

/** A binary format of IEEE 754: bits of the significand with the hidden one, exponent of the smallest normal number, largest number. */
interface Binary {
  readonly precision: number
  readonly smallestExponent: number
  readonly largest: number
}
const binary16: Binary = { precision: 11, smallestExponent: -14, largest: 65504 }
const bfloat16: Binary = { precision: 8, smallestExponent: -126, largest: (2 - 2 ** -7) * 2 ** 127 }

/** The nearest integer, ties to even. The sign of a zero is kept. */
export function roundHalfEven(x: number): number {
  const below = Math.floor(x)
  const rest = x - below
  if (rest === 0) return x
  const up = rest > 0.5 || (rest === 0.5 && below % 2 !== 0)
  const rounded = up ? below + 1 : below
  return rounded === 0 && x < 0 ? -0 : rounded
}

/** The nearest integer, ties away from zero: C's roundf. */
export function roundHalfAway(x: number): number {
  const magnitude = Math.abs(x)
  const whole = Math.floor(magnitude)
  return Math.sign(x) * (magnitude - whole >= 0.5 ? whole + 1 : whole)
}

/** The exponent of a number other than 0: 2^e ≤ |x| < 2^(e + 1). A logarithm may be off by one. */
function exponentOf(x: number): number {
  const close = Math.floor(Math.log2(Math.abs(x)))
  return Math.abs(x) < 2 ** close ? close - 1 : Math.abs(x) >= 2 ** (close + 1) ? close + 1 : close
}

/** The nearest number of a format, ties to even, infinity beyond the largest. `x` is an f32, so that `x / unit` is exact. */
function nearest(x: number, { precision, smallestExponent, largest }: Binary): number {
  if (!Number.isFinite(x) || x === 0) return x
  const unit = 2 ** (Math.max(exponentOf(x), smallestExponent) - precision + 1)
  const rounded = roundHalfEven(x / unit) * unit
  return Math.abs(rounded) > largest ? Math.sign(rounded) * Number.POSITIVE_INFINITY : rounded
}

export const f16 = (x: number): number => nearest(x, binary16)
export const bf16 = (x: number): number => nearest(x, bfloat16)
export const roundTo = { f32, f16, bf16 } as const

/** The number with the given 16 bits: sign, 5 bits of exponent, 10 of fraction. */
export function f16OfBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1024 + fraction) * 2 ** (exponent - 25)
}

/** The 16 bits of a number that f16 can represent. */
export function bitsOfF16(x: number): number {
  if (Number.isNaN(x)) return 0x7e00
  const sign = x < 0 || Object.is(x, -0) ? 0x8000 : 0
  const magnitude = Math.abs(x)
  if (magnitude === Number.POSITIVE_INFINITY) return sign | 0x7c00
  if (magnitude < 2 ** -14) return sign | (magnitude * 2 ** 24)
  const exponent = exponentOf(magnitude)
  return sign | ((exponent + 15) << 10) | (magnitude * 2 ** (10 - exponent) - 1024)
}

export const clamp = (x: number, low: number, high: number): number => Math.max(low, Math.min(high, x))

/** The largest magnitude; 0 for an empty list. A comparison with NaN is false, so a NaN is never taken. */
export function largestMagnitude(x: readonly number[]): number {
  let largest = 0
  for (const value of x) if (Math.abs(value) > largest) largest = Math.abs(value)
  return largest
}

/** The smallest and the largest value without NaN; undefined if nothing is left. */
export function range(x: readonly number[]): { readonly low: number; readonly high: number } | undefined {
  let low = Number.POSITIVE_INFINITY
  let high = Number.NEGATIVE_INFINITY
  let any = false
  for (const value of x) {
    if (Number.isNaN(value)) continue
    any = true
    if (value < low) low = value
    if (value > high) high = value
  }
  return any ? { low, high } : undefined
}
