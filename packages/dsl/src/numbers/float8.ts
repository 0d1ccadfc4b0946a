/**
 * Conversion between f32 values and the bits of 8-bit floats: Open Compute Project, OCP 8-bit Floating Point Specification (OFP8), revision 1.0.
 *
 * Narrowing rounds to nearest, ties to even. A value that rounds beyond the largest becomes the infinity of its sign,
 * or NaN with its sign if the format has no infinities. Every NaN becomes the same NaN without a sign. Widening is
 * exact.
 */
import type { FloatFormat } from '../ir/types.ts'

const word = new Uint32Array(1)
const value = new Float32Array(word.buffer)

/** The bits of the nearest value. */
export function float8Encoder({ exponentBits, mantissaBits, hasInfinity }: FloatFormat): (x: number) => number {
  const bias = 2 ** (exponentBits - 1) - 1
  const infinity = (2 ** exponentBits - 1) << mantissaBits
  const nan = hasInfinity ? infinity + 2 ** (mantissaBits - 1) : 0x7f
  const overflow = hasInfinity ? infinity : nan
  const dropped = 23 - mantissaBits
  const rebias = (127 - bias) << 23
  const smallestNormal = rebias + (1 << 23)
  return x => {
    value[0] = x
    const bits = word[0] as number
    const magnitude = bits & 0x7fffffff
    if (magnitude > 0x7f800000) return nan
    const isNormal = magnitude >= smallestNormal
    // If the result is denormal, the significand is shifted to multiples of the smallest value; 25 places shift out all of it.
    const significand = isNormal ? magnitude - rebias : (magnitude & 0x7fffff) | 0x800000
    const shift = isNormal ? dropped : Math.min(25, 128 - bias + dropped - (magnitude >>> 23))
    // Just under half of the last place kept, or half of it if that is odd.
    const half = 2 ** (shift - 1) - 1 + ((significand >>> shift) & 1)
    return ((bits >>> 24) & 0x80) | Math.min((significand + half) >>> shift, overflow)
  }
}

/** The value of the low 8 bits. */
export function float8Decoder({ exponentBits, mantissaBits, hasInfinity }: FloatFormat): (bits: number) => number {
  const bias = 2 ** (exponentBits - 1) - 1
  const last = 2 ** exponentBits - 1
  const values = Float32Array.from({ length: 256 }, (_, bits) => {
    const exponent = (bits & 0x7f) >>> mantissaBits
    const mantissa = bits & (2 ** mantissaBits - 1)
    const sign = bits < 0x80 ? 1 : -1
    if (hasInfinity && exponent === last) return mantissa === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN
    if (!hasInfinity && (bits & 0x7f) === 0x7f) return Number.NaN
    const significand = exponent === 0 ? mantissa : 2 ** mantissaBits + mantissa
    return sign * significand * 2 ** (Math.max(exponent, 1) - bias - mantissaBits)
  })
  return bits => values[bits & 0xff] as number
}
