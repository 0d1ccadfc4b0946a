/** Operands that distinguish correct rounding from almost correct rounding. They are the same on every run, so that profiles can be compared. */

const word = new Uint32Array(1)
const value = new Float32Array(word.buffer)

/** Dividends, divisors and their IEEE-754 quotients, as the bits of f32 values. */
export interface Quotients {
  readonly dividends: Uint32Array<ArrayBuffer>
  readonly divisors: Uint32Array<ArrayBuffer>
  readonly expected: Uint32Array<ArrayBuffer>
}

/**
 * `count` quotients: first every pair of special values, then in equal parts quotients as close as possible to a midpoint of two floats, ordinary values
 * as in x / scale, and arbitrary bit patterns (including NaN, denormals, overflow and underflow).
 */
export function hardQuotients(count: number): Quotients {
  const dividends = new Uint32Array(count)
  const divisors = new Uint32Array(count)
  const random = randomWords(0x9e3779b9)
  for (let index = 0; index < count; index++) {
    const special = specials[Math.floor(index / specials.length)]
    if (special !== undefined) {
      dividends[index] = special
      divisors[index] = specials[index % specials.length] as number
    } else if (index % 3 === 0) {
      const divisor = (random() & 0x7fffff) | 0x800001
      dividends[index] = floatBits(nearMidpointDividend(divisor, random() % 64))
      divisors[index] = floatBits(divisor)
    } else if (index % 3 === 1) {
      dividends[index] = (random() & 0x807fffff) | ((112 + (random() % 24)) << 23)
      divisors[index] = (random() & 0x007fffff) | ((104 + (random() % 24)) << 23)
    } else {
      dividends[index] = random()
      divisors[index] = random()
    }
  }
  // A binary64 quotient of two binary32 values, rounded once more, is the binary32 quotient: 53 bits are more than 2 · 24 + 1.
  const [a, b] = [new Float32Array(dividends.buffer), new Float32Array(divisors.buffer)]
  const expected = new Float32Array(count)
  for (let index = 0; index < count; index++) expected[index] = (a[index] as number) / (b[index] as number)
  return { dividends, divisors, expected: new Uint32Array(expected.buffer) }
}

/**
 * The integer `A` below 2^24 for which `A / divisor` lies `offset / divisor` half-units in the last place from a midpoint `M` of two
 * 24-bit significands: `2^25 · A = M · divisor ± offset` has a solution for every odd divisor and offset.
 */
function nearMidpointDividend(divisor: number, offset: number): number {
  const odd = 2 * offset + 1
  let midpoint = Math.imul(odd, inverse(divisor)) & 0x1ffffff
  let signed = odd
  if (midpoint < 0x1000000) {
    midpoint = 0x2000000 - midpoint
    signed = -odd
  }
  return (midpoint * divisor - signed) / 0x2000000
}

/** The inverse of an odd number modulo 2^32, by Newton's iteration; each step doubles the number of correct bits. */
function inverse(odd: number): number {
  let result = odd
  for (let step = 0; step < 4; step++) result = Math.imul(result, 2 - Math.imul(odd, result))
  return result
}

/** Random words of xorshift32, which suffices to scatter operands. */
export function randomWords(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}

export function floatBits(x: number): number {
  value[0] = x
  return word[0] as number
}

/** Zero, the denormals, normals and powers of two at both ends of the range, infinity and NaN, with both signs. */
const specials = [
  0x00000000, 0x00000001, 0x00000003, 0x00400000, 0x007fffff, 0x00800000, 0x00800001, 0x00ffffff, 0x01000000,
  0x34000000, 0x3f000000, 0x3f7fffff, 0x3f800000, 0x3f800001, 0x3fffffff, 0x40400000, 0x42fe0000, 0x4b7fffff,
  0x7e800000, 0x7effffff, 0x7f000000, 0x7f7ffffe, 0x7f7fffff, 0x7f800000, 0x7fc00000,
].flatMap(bits => [bits, (bits | 0x80000000) >>> 0])

/** Whether two f32 results are the same: equal bits, or both NaN. */
export function isSameFloat(a: number, b: number): boolean {
  return a === b || ((a & 0x7fffffff) > 0x7f800000 && (b & 0x7fffffff) > 0x7f800000)
}

export function isDenormal(bits: number): boolean {
  const magnitude = bits & 0x7fffffff
  return magnitude > 0 && magnitude < 0x00800000
}

/** ±2^-126. A quotient just below it rounds up to it, unless the device flushes it before it rounds. */
export function isSmallestNormal(bits: number): boolean {
  return (bits & 0x7fffffff) === 0x00800000
}
