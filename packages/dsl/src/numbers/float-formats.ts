/**
 * Conversion between f32 values and the bits of the 16-bit float formats.
 *
 * Narrowing rounds to nearest, ties to even (IEEE 754-2019, 4.3.1); values that are too large become infinity and every
 * NaN becomes the canonical quiet NaN of the format. Widening is exact.
 */
const word = new Uint32Array(1)
const value = new Float32Array(word.buffer)

/** The bits of `x` rounded to binary16. A NaN gives 0x7e00. */
export function float16Bits(x: number): number {
  value[0] = x
  const bits = word[0] as number
  const sign = (bits >>> 16) & 0x8000
  const magnitude = bits & 0x7fffffff
  if (magnitude > 0x7f800000) return 0x7e00
  // 65520 lies halfway between the largest finite value, 65504, and 2^16: ties to even overflows.
  if (magnitude >= 0x477ff000) return sign | 0x7c00
  if (magnitude < 0x38800000) {
    // Below 2^-14 the results are multiples of 2^-24, which is the f32 spacing at 0.5: the addition rounds for us.
    word[0] = magnitude
    value[0] = (value[0] as number) + 0.5
    return sign | ((word[0] as number) - 0x3f000000)
  }
  // Rebias the exponent from 127 to 15 and add just under half of the last place kept, or half of it if that is odd.
  const odd = (magnitude >>> 13) & 1
  return sign | ((magnitude - 0x38000000 + 0xfff + odd) >>> 13)
}

/** The bits of `x` rounded to bfloat16. A NaN gives 0x7fc0. */
export function bfloat16Bits(x: number): number {
  value[0] = x
  const bits = word[0] as number
  if ((bits & 0x7fffffff) > 0x7f800000) return 0x7fc0
  return (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16
}

/** The value of 16 bits read as binary16. */
export function float16Value(bits: number): number {
  float16Values ??= float16Table()
  return float16Values[bits & 0xffff] as number
}

/** The value of 16 bits read as bfloat16: the upper half of an f32. */
export function bfloat16Value(bits: number): number {
  word[0] = bits << 16
  return value[0] as number
}

/** All 65,536 binary16 values by their bits, built on first use: a lookup is the fastest way to widen in JavaScript. */
let float16Values: Float32Array | undefined

function float16Table(): Float32Array {
  const table = new Float32Array(0x10000)
  for (let bits = 0; bits < 0x8000; bits++) {
    const exponent = bits >>> 10
    const mantissa = bits & 0x3ff
    let magnitude: number
    if (exponent === 31) magnitude = mantissa === 0 ? Number.POSITIVE_INFINITY : Number.NaN
    else if (exponent === 0) magnitude = mantissa * 2 ** -24
    else magnitude = (1024 + mantissa) * 2 ** (exponent - 25)
    table[bits] = magnitude
    table[bits | 0x8000] = -magnitude
  }
  return table
}
