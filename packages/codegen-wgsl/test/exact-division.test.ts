/**
 * The arithmetic of `refinedDivision` with a fused fma, which no software GPU has: the same steps in TypeScript, from reciprocals as inexact as WGSL
 * allows. The tests of the runtime run the generated text.
 */
import { fusedMultiplyAdd, randomWords } from '@qernel/dsl/internal'
import { describe, expect, test } from 'vitest'
import { refinedDivision } from '../src/print/exact-division.ts'

const word = new Uint32Array(1)
const value = new Float32Array(word.buffer)

const bitsOf = (x: number): number => {
  value[0] = x
  return word[0] as number
}
const floatOf = (bits: number): number => {
  word[0] = bits
  return value[0] as number
}
/** The float `ulps` places above the positive normal `x`. */
const next = (x: number, ulps: number): number => floatOf(bitsOf(x) + ulps)

/** @param ulps how far the device's `1 / b` is off. */
function refined(a: number, b: number, ulps: number): number {
  const estimate = next(Math.fround(1 / b), ulps)
  const better = fusedMultiplyAdd(fusedMultiplyAdd(-b, estimate, 1), estimate, estimate)
  const reciprocal = fusedMultiplyAdd(fusedMultiplyAdd(-b, better, 1), better, better)
  const quotient = Math.fround(a * reciprocal)
  const corrected = fusedMultiplyAdd(fusedMultiplyAdd(-quotient, b, a), reciprocal, quotient)
  return fusedMultiplyAdd(fusedMultiplyAdd(-corrected, b, a), reciprocal, corrected)
}

const random = randomWords(0x12345678)
/** A positive float with a biased exponent from `low` to `high`. */
const randomFloat = (low: number, high: number): number =>
  floatOf(((low + (random() % (high - low + 1))) << 23) | (random() & 0x7fffff))

/** Operands for which the refined division differs from IEEE 754. The integer path handles the largest significand. */
function wrong(count: number, operands: (index: number) => readonly [a: number, b: number]): string[] {
  const found: string[] = []
  for (let index = 0; index < count; index++) {
    const [a, b] = operands(index)
    if ((bitsOf(b) & 0x7fffff) === 0x7fffff) continue
    const expected = Math.fround(a / b)
    for (let ulps = -2; ulps <= 2; ulps++) {
      if (refined(a, b, ulps) !== expected) found.push(`${a} / ${b} from a reciprocal ${ulps} ULP off`)
    }
  }
  return found
}

describe('refined division', () => {
  test('is exact for any reciprocal within 2 ULP', () => {
    expect(wrong(60_000, () => [randomFloat(107, 147), randomFloat(107, 147)])).toEqual([])
  })

  test('is exact at the ends of its range', () => {
    const ends = [66, 188] as const
    const atAnEnd = (bit: number) => randomFloat(ends[bit & 1] as number, ends[bit & 1] as number)
    expect(wrong(4_000, index => [atAnEnd(index), atAnEnd(index >> 1)])).toEqual([])
  })

  test('is exact next to midpoints of adjacent floats', () => {
    const operands = () => {
      const divisor = (random() & 0x7fffff) | 0x800001
      return [dividendNearMidpoint(divisor, 2 * (random() % 8) + 1), divisor] as const
    }
    expect(wrong(60_000, operands)).toEqual([])
  })

  test('is exact next to midpoints for the largest significands, whose reciprocals are the hardest to round', () => {
    const operands = (index: number) => {
      const divisor = 0xffffff - 2 * (index >> 3)
      const odd = [1, 3, 5, 7, -1, -3, -5, -7][index & 7] as number
      return [dividendNearMidpoint(divisor, odd), divisor] as const
    }
    expect(wrong(40_000, operands)).toEqual([])
  })

  test('is exact where the quotient is next to a power of two', () => {
    const operands = (index: number) => {
      const divisor = randomFloat(120, 130)
      return [next(divisor, (index % 9) - 4), divisor] as const
    }
    expect(wrong(10_000, operands)).toEqual([])
  })

  test('leaves everything else to the integer path', () => {
    expect(refinedDivision).toContain('return div_f32_by_digits(a, b);')
  })
})

/** An `A < 2^24` with `2^25 · A = midpoint · divisor ± odd`, so that the quotient is almost a tie. */
function dividendNearMidpoint(divisor: number, odd: number): number {
  let inverse = divisor
  for (let step = 0; step < 4; step++) inverse = Math.imul(inverse, 2 - Math.imul(divisor, inverse))
  const midpoint = Math.imul(odd, inverse) & 0x1ffffff
  if (midpoint >= 0x1000000) return (midpoint * divisor - odd) / 0x2000000
  return ((0x2000000 - midpoint) * divisor + odd) / 0x2000000
}
