/** Float sums in any order. */
import { largestFloat, roundedDown, roundedUp, smallestNormal } from './floats.ts'
import { asSeveral, becauseOf, bitOf, holdsInfinity, type Possible, type ReasonBits, rangeOf } from './possible.ts'

/** Whether a value is a zero, of either sign, for sure. */
function isZero(value: Possible): boolean {
  const { low, high, hasNaN } = asSeveral(value)
  return low === 0 && high === 0 && !hasNaN
}

function isSurelyFinite(value: Possible): boolean {
  const several = asSeveral(value)
  return !several.hasNaN && !holdsInfinity(several)
}

const unitRoundoff = 2 ** -24
/** Smaller terms may leave a denormal partial sum: their last place is below the smallest normal number. */
const mayCancelToDenormal = smallestNormal * 2 ** 24

/**
 * A sum of binary32 terms in any order, with a rounding after each addition. Of n terms t it lies within γ · Σ|t| of the real sum, γ =
 * (n − 1)u / (1 − (n − 1)u), u = 2^-24 (Higham, Accuracy and Stability of Numerical Algorithms, 2002, 4.2); where partial sums may be
 * flushed, each adds 2^-126 at most. The real sum is computed in binary64, whose own error n · 2^-53 · Σ|t| is added.
 *
 * In a fused sum, every term is a product whose rounding is left out. Each step rounds once, the first one its product; the terms here are
 * rounded products, so the real sum is off by one rounding of each, or by 2^-149 among denormals: n + 1 roundings in all. A product of finite factors that is rounded
 * to an infinity is none in a fused sum, whose other terms may bring it back among the numbers.
 */
export class OpenSum {
  #count = 0
  #low = 0
  #high = 0
  #magnitudes = 0
  #hasNaN = false
  #because: ReasonBits = 0
  #isWhole = true
  #overflows = false
  #hasSmall = false
  #hasInfinity = [false, false]
  #terms = 0
  readonly #flushes: boolean
  readonly #fused: boolean

  constructor({ flushes, fused }: { readonly flushes: boolean; readonly fused: boolean }) {
    this.#flushes = flushes
    this.#fused = fused
  }

  add(term: Possible): void {
    const { low, high, hasNaN } = asSeveral(term)
    // A zero changes no sum, however uncertain its origin.
    if (!this.#fused && isZero(term)) return
    this.#because |= becauseOf(term)
    this.#terms++
    if (hasNaN) this.#hasNaN = true
    if (low > high) return
    if (typeof term === 'number' && term === 0) return
    if (low === -Infinity) this.#hasInfinity[0] = true
    if (high === Infinity) this.#hasInfinity[1] = true
    const magnitude = Math.max(Math.abs(low), Math.abs(high))
    this.#count++
    this.#low += low
    this.#high += high
    this.#magnitudes += magnitude
    this.#isWhole &&= typeof term === 'number' && Number.isInteger(term)
    this.#hasSmall ||= low < mayCancelToDenormal && high > -mayCancelToDenormal
  }

  /** Adds a product to a fused sum. */
  addProduct(product: Possible, factors: readonly Possible[]): void {
    // A zero product of other factors may stand for one that is too small.
    if (factors.some(isZero) && factors.every(isSurelyFinite)) return
    const isInfinite = holdsInfinity(asSeveral(product))
    if (isInfinite && !factors.some(factor => holdsInfinity(asSeveral(factor)))) this.#overflows = true
    this.add(product)
  }

  /** The possible sums; a number if every order gives the same. */
  total(): Possible {
    const n = this.#count
    const [minus, plus] = this.#hasInfinity
    if (this.#overflows && !(this.#because === 0 && this.#hasNaN))
      return rangeOf(-Infinity, Infinity, true, this.#because | bitOf('order of a sum'))
    const isExact = this.#because === 0 && !this.#hasNaN
    if (isExact && (minus || plus)) return minus && plus ? Number.NaN : minus ? -Infinity : Infinity
    if (this.#because === 0 && this.#hasNaN) return Number.NaN
    if (isExact && this.#isWhole && this.#magnitudes <= 2 ** 24) return this.#low
    const flushSlack = this.#flushes && this.#hasSmall ? n * smallestNormal : 0
    // Two rounded terms give one sum in either order; of two products, one or the other is rounded first.
    const isOpen = n > (this.#fused ? 1 : 2)
    const bits =
      this.#because | (isOpen ? bitOf('order of a sum') : 0) | (flushSlack > 0 ? bitOf('flushed denormals') : 0)
    if (!isOpen && isExact && flushSlack === 0) return Math.fround(this.#low)
    const roundings = (this.#fused ? this.#terms + 1 : Math.max(1, n - 1)) * unitRoundoff
    const lost = this.#fused ? this.#terms * 2 ** -149 : 0
    const slack = (roundings / (1 - roundings) + n * 2 ** -53) * this.#magnitudes + flushSlack + lost
    const overflows = this.#magnitudes + slack > largestFloat
    return rangeOf(
      overflows ? -Infinity : roundedDown(this.#low - slack),
      overflows ? Infinity : roundedUp(this.#high + slack),
      this.#hasNaN || overflows || (minus === true && plus === true),
      bits,
    )
  }
}
