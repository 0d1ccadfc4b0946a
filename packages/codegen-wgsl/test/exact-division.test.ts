/**
 * The arithmetic of `refinedDivision` on a machine with a fused fma, which no software GPU has: the same steps in TypeScript, from estimates
 * as bad as WGSL allows. The texts themselves run in the runtime's tests.
 */
import { fusedMultiplyAdd } from '@qernel/dsl'
import { describe, expect, test } from 'vitest'
import { refinedDivision } from '../src/exact-division.ts'

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
/** The float `ulps` places above `x`, which is positive and normal. */
const next = (x: number, ulps: number): number => floatOf(bitsOf(x) + ulps)

/** @param error how far the device's `n / d` and `1 / d` are off, in ULP. */
function refined(n: number, d: number, error: { quotient: number; reciprocal: number }): number {
  const estimate = next(Math.fround(n / d), error.quotient)
  const reciprocal = next(Math.fround(1 / d), error.reciprocal)
  const quotient = fusedMultiplyAdd(fusedMultiplyAdd(-estimate, d, n), reciprocal, estimate)
  const residual = fusedMultiplyAdd(-quotient, d, n)
  const neighbour = next(quotient, residual > 0 ? 1 : -1)
  const isNeighbourNearer = Math.abs(fusedMultiplyAdd(-neighbour, d, n)) < Math.abs(residual)
  return isNeighbourNearer ? neighbour : quotient
}

let state = 0x12345678
const random = (): number => {
  state ^= state << 13
  state ^= state >>> 17
  state ^= state << 5
  return state >>> 0
}
/** A positive float with a biased exponent from `low` to `high`. */
const randomFloat = (low: number, high: number): number =>
  floatOf(((low + (random() % (high - low + 1))) << 23) | (random() & 0x7fffff))

const errors = [-2, -1, 0, 1, 2].flatMap(quotient => [-2, 0, 2].map(reciprocal => ({ quotient, reciprocal })))

/** Operands for which the refined division differs from IEEE-754. */
function wrong(pairs: Iterable<readonly [n: number, d: number]>): string[] {
  const found: string[] = []
  for (const [n, d] of pairs) {
    for (const error of errors) {
      if (refined(n, d, error) !== Math.fround(n / d)) found.push(`${n} / ${d} from ${JSON.stringify(error)}`)
    }
  }
  return found
}

describe('refined division', () => {
  test('is exact for any estimates within 2 ULP', () => {
    expect(
      wrong(Array.from({ length: 20_000 }, () => [randomFloat(107, 147), randomFloat(107, 147)] as const)),
    ).toEqual([])
  })

  test('is exact at the ends of the range that it takes itself', () => {
    const pairs = Array.from({ length: 2_000 }, (_, index) =>
      index % 2 === 0
        ? ([randomFloat(48, 50), randomFloat(2, 168)] as const)
        : ([randomFloat(250, 254), randomFloat(131, 252)] as const),
    )
    expect(wrong(pairs.filter(([n, d]) => Math.abs((bitsOf(n) >>> 23) - (bitsOf(d) >>> 23)) <= 120))).toEqual([])
  })

  test('is exact next to midpoints of two floats', () => {
    const pairs = Array.from({ length: 4_000 }, () => {
      const divisor = (random() & 0x7fffff) | 0x800001
      return [dividendNearMidpoint(divisor, 2 * (random() % 8) + 1), divisor] as const
    })
    expect(wrong(pairs)).toEqual([])
  })

  test('is exact where the quotient is next to a power of two', () => {
    const pairs = Array.from({ length: 4_000 }, (_, index) => {
      const divisor = randomFloat(120, 130)
      return [next(divisor, (index % 9) - 4), divisor] as const
    })
    expect(wrong(pairs)).toEqual([])
  })

  test('takes the integer path for everything else', () => {
    expect(refinedDivision).toContain('if (!is_safe) {\n    return div_f32_by_digits(a, b);')
  })
})

/** `A < 2^24` with `2^25 · A = midpoint · divisor − odd`, so that the quotient all but ties. */
function dividendNearMidpoint(divisor: number, odd: number): number {
  let inverse = divisor
  for (let step = 0; step < 4; step++) inverse = Math.imul(inverse, 2 - Math.imul(divisor, inverse))
  const midpoint = Math.imul(odd, inverse) & 0x1ffffff
  if (midpoint >= 0x1000000) return (midpoint * divisor - odd) / 0x2000000
  return ((0x2000000 - midpoint) * divisor + odd) / 0x2000000
}
