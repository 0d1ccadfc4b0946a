/**
 * 8-bit floats from their definition alone: Open Compute Project, OCP 8-bit Floating Point Specification (OFP8), revision 1.0, tables 1 and 2.
 * The values of all 256 codes are computed from sign, exponent and mantissa; the code of a number is that of the nearest value, found by search.
 */
export interface Float8 {
  readonly name: 'f8e4m3' | 'f8e5m2'
  readonly mantissaBits: number
  /** The value of each code. */
  readonly values: readonly number[]
  /** The code of a number, and its value after a store and a load. */
  encode(x: number): number
  round(x: number): number
}

interface Layout {
  readonly name: Float8['name']
  readonly exponentBits: number
  readonly bias: number
  /** The special values of the largest exponent, by mantissa. */
  readonly special: (mantissa: number) => number | undefined
  /** The code of NaN, and the code of numbers beyond the largest one. */
  readonly nan: number
  readonly overflow: number
}

function float8({ name, exponentBits, bias, special, nan, overflow }: Layout): Float8 {
  const mantissaBits = 7 - exponentBits
  const magnitudes = Array.from({ length: 128 }, (_, code) => {
    const exponent = Math.floor(code / 2 ** mantissaBits)
    const fraction = (code % 2 ** mantissaBits) / 2 ** mantissaBits
    if (exponent === 0) return fraction * 2 ** (1 - bias)
    const isLast = exponent === 2 ** exponentBits - 1
    return (isLast ? special(code % 2 ** mantissaBits) : undefined) ?? (1 + fraction) * 2 ** (exponent - bias)
  })
  const finite = magnitudes.filter(Number.isFinite)
  const last = finite.length - 1
  const largest = finite[last] as number
  // The next number, if there were another exponent.
  const next = 2 * largest - (finite[last - 1] as number)
  function magnitudeCode(magnitude: number): number {
    if (Number.isNaN(magnitude)) return nan
    let [low, high] = [0, finite.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((finite[middle] as number) <= magnitude) low = middle
      else high = middle
    }
    const [below, above] = [finite[low] as number, finite[low + 1] ?? next]
    const [down, up] = [magnitude - below, above - magnitude]
    const code = down < up || (down === up && low % 2 === 0) ? low : low + 1
    return code > last ? overflow : code
  }
  const isNegative = (x: number): boolean => x < 0 || Object.is(x, -0)
  const encode = (x: number): number => magnitudeCode(Math.abs(x)) + (isNegative(x) ? 128 : 0)
  const values = [...magnitudes, ...magnitudes.map(x => -x)]
  return { name, mantissaBits, values, encode, round: x => values[encode(x)] as number }
}

/** No infinities; NaN has all bits set; the largest number is S.1111.110 = 448. */
export const e4m3 = float8({
  name: 'f8e4m3',
  exponentBits: 4,
  bias: 7,
  special: mantissa => (mantissa === 7 ? Number.NaN : undefined),
  nan: 0x7f,
  overflow: 0x7f,
})

/** As IEEE 754: infinity S.11111.00, NaN beyond, the largest number S.11110.11 = 57344. The quiet NaN is the one that we write. */
export const e5m2 = float8({
  name: 'f8e5m2',
  exponentBits: 5,
  bias: 15,
  special: mantissa => (mantissa === 0 ? Number.POSITIVE_INFINITY : Number.NaN),
  nan: 0x7e,
  overflow: 0x7c,
})
