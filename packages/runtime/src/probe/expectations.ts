/** The operands that probes use on every kind of device, with the IEEE-754 results. Each kind of device has separate code to run them. */
import { float16Bits, float16Value } from '@qernel/dsl/internal'
import type { DivisionMismatches, Mismatches, NumericsProfile } from '../numerics-profile.ts'
import { floatBits, isDenormal, isSameFloat, isSmallestNormal, type Quotients, randomWords } from './operands.ts'

const { fround } = Math

export function countMismatches(found: Uint32Array, expected: Uint32Array): Mismatches {
  let mismatches = 0
  for (let index = 0; index < expected.length; index++) {
    if (!isSameFloat(found[index] as number, expected[index] as number)) mismatches++
  }
  return { mismatches, of: expected.length }
}

export function divisionMismatches(
  found: Uint32Array,
  { dividends, divisors, expected }: Quotients,
): DivisionMismatches {
  let mismatches = 0
  let denormal = 0
  for (let index = 0; index < expected.length; index++) {
    const words = [dividends[index] as number, divisors[index] as number, expected[index] as number] as const
    if (isSameFloat(found[index] as number, words[2])) continue
    mismatches++
    if (words.some(isDenormal) || isSmallestNormal(words[2])) denormal++
  }
  return { mismatches, denormal, of: expected.length }
}

/** Literal divisors that quantizers use. A compiler may turn divisions by them into products. */
export const constantDivisors = [3, 7, 15, 127, 255]

/** Dividends, with their quotients by each of the constants. */
export function constantQuotients(): { dividends: Uint32Array<ArrayBuffer>; expected: Uint32Array } {
  const dividends = Uint32Array.from({ length: 1024 }, (_, index) => floatBits((index + 1) / 8))
  const expected = new Uint32Array(dividends.length * constantDivisors.length)
  dividends.forEach((_, index) => {
    constantDivisors.forEach((constant, k) => {
      expected[index * constantDivisors.length + k] = floatBits((index + 1) / 8 / constant)
    })
  })
  return { dividends, expected }
}

const ties = [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 8388607.5]
const roundedTies = [0, 2, 2, -0, -2, -2, 8388608]

/**
 * Operands for the facts that single values reveal. A device computes `fma(o[0], o[1], o[2])`, `o[0] * o[1] + o[2]`, `o[3] * o[4]`,
 * `o[5] * o[6]`, and `round` of each operand from `o[7]` on, where `o` are the operands.
 */
export function arithmeticOperands(): Uint32Array<ArrayBuffer> {
  // (1 + 2^-12)² = 1 + 2^-11 + 2^-24; rounded, the last term is lost, and the sum with −(1 + 2^-11) is 0.
  const factor = 1 + 2 ** -12
  const operands = [factor, factor, -(1 + 2 ** -11), 2 ** -126, 0.5, 2 ** -149, 2 ** 23, ...ties]
  return Uint32Array.from(operands.map(floatBits))
}
/** The index of the first operand of `round`, and of its result. */
export const firstTie = 7

export function readArithmetic(
  values: Float32Array,
): Pick<NumericsProfile, 'fmaIsFused' | 'contracts' | 'keepsDenormals' | 'roundsTiesToEven'> {
  return {
    fmaIsFused: values[0] === 2 ** -24,
    contracts: values[1] !== 0,
    keepsDenormals: values[2] === 2 ** -127 && values[3] === 2 ** -126,
    // Compared as values, because the sign of a zero does not matter here.
    roundsTiesToEven: roundedTies.every((expected, k) => (values[firstTie + k] as number) === expected),
  }
}

/** Chains of operations that compilers tend to rewrite: their WGSL text, and their value with IEEE-754 rounding. */
export const chains: readonly (readonly [text: string, meaning: (a: number, b: number) => number])[] = [
  ['(a * 1.1) * 0.3', a => fround(fround(a * fround(1.1)) * fround(0.3))],
  ['(a + 0.1) + 0.2', a => fround(fround(a + fround(0.1)) + fround(0.2))],
  ['(a - 0.1) + 0.2', a => fround(fround(a - fround(0.1)) + fround(0.2))],
  ['(a / b) * 0.3', (a, b) => fround(fround(a / b) * fround(0.3))],
  ['(a * b) / b', (a, b) => fround(fround(a * b) / b)],
  ['(a / b) * b', (a, b) => fround(fround(a / b) * b)],
  ['(a + b) - a', (a, b) => fround(fround(a + b) - a)],
  ['(a + 1.0) * 0.3', a => fround(fround(a + 1) * fround(0.3))],
  ['a * 0.0', a => a * 0],
  ['a + 0.0', a => a + 0],
  ['0.0 / a', a => 0 / a],
  ['a - a', a => a - a],
]

/** Operands of the chains, chosen so that no step may be contracted or rounded in a device-specific way. */
export function chainOperands(): { left: Uint32Array<ArrayBuffer>; right: Uint32Array<ArrayBuffer>; count: number } {
  const random = randomWords(0x1b873593)
  const count = 512
  const special = [Number.NaN, Number.POSITIVE_INFINITY, -0, 0].map(floatBits)
  const left = Uint32Array.from({ length: count }, (_, i) => special[i] ?? (random() & 0x807fffff) | (127 << 23))
  // Products with powers of two, and quotients by them, are exact on every device.
  const right = Uint32Array.from({ length: count }, () => (random() & 0x80000000) | ((120 + (random() % 15)) << 23))
  return { left, right, count }
}

/** Whether the result of any chain differs from rounding step by step. @param values the results chain by chain, `count` of each */
export function anyChainDiffers(
  values: Float32Array,
  { left, right, count }: ReturnType<typeof chainOperands>,
): boolean {
  return chains.some(([, meaning], k) =>
    Array.from(left).some((_, i) => {
      const expected = meaning(floatValue(left[i] as number), floatValue(right[i] as number))
      return !Object.is(values[i + k * count], expected)
    }),
  )
}

/** Operands for square roots (`roots`) and for widening every finite binary16 value (`halves`), equally many, with the expected results. */
export function conversionOperands() {
  const random = randomWords(0x2545f491)
  const halves = Uint32Array.from({ length: 0x7c00 }, (_, half) => half)
  const roots = Uint32Array.from({ length: halves.length }, () => {
    return (random() & 0x007fffff) | ((64 + (random() % 128)) << 23)
  })
  return {
    halves,
    roots,
    expectedRoots: roots.map(bits => floatBits(Math.sqrt(floatValue(bits)))),
    expectedFloats: halves.map(half => floatBits(float16Value(half))),
  }
}

/** @param found words with a packed value in the low half and a packed 1 in the high half, which must stay unchanged */
export function float16Mismatches(found: Uint32Array, values: Uint32Array): Mismatches {
  let mismatches = 0
  values.forEach((bits, index) => {
    const word = found[index] as number
    const expected = float16Bits(floatValue(bits))
    const isSame = (word & 0xffff) === expected || (expected === 0x7e00 && (word & 0x7fff) > 0x7c00)
    if (!isSame || word >>> 16 !== 0x3c00) mismatches++
  })
  return { mismatches, of: values.length }
}

/** Midpoints of neighboring binary16 values and the floats next to them, special values, and values that overflow; with both signs. */
export function hardFloat16Values(): Uint32Array<ArrayBuffer> {
  const random = randomWords(0x6b8b4567)
  const special = [0, 1, 0x00400000, 0x00800000, 0x33000000, 0x33000001, 0x477fefff, 0x477ff000, 0x47800000, 0x7f7fffff]
  const values = [...special, 0x7f800000, 0x7fc00000]
  for (let index = 0; index < 4096; index++) {
    const half = index < 1024 ? index : random() % 0x7bff
    const midpoint = floatBits((float16Value(half) + float16Value(half + 1)) / 2)
    values.push(midpoint + (index % 3) - 1)
  }
  return Uint32Array.from(values, (bits, index) => (index % 2 === 0 ? bits : bits | 0x80000000))
}

function floatValue(bits: number): number {
  return new Float32Array(Uint32Array.of(bits).buffer)[0] as number
}
