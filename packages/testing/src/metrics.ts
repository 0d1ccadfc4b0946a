/**
 * The error of a quantized array: the metrics of INT8 KV-cache quantization (arXiv 2601.04719), with
 * every sum in binary64. An f32 sum of squares loses its small terms: at 131072 × 8192 it gives 22.33 where the L2 error
 * is 74.48.
 */
import type { LogicalValues, StorageType } from '@qernel/dsl'

/** The difference between an array and its values after quantizing and dequantizing. */
export interface ReconstructionError {
  /** max |x − x̂|; 0 where there is nothing to compare. */
  readonly maximum: number
  /** √Σ (x − x̂)². Its relative rounding error is below elements · 2^-53. */
  readonly l2: number
  /** √(Σ (x − x̂)² / compared). */
  readonly rms: number
  /** Pairs of two finite values, from which the three numbers above are computed. */
  readonly compared: number
  /** Pairs with a NaN or an infinity on either side, which are left out. */
  readonly nonFinite: number
}

/**
 * Compares two arrays element by element.
 * @throws RangeError where the lengths differ
 */
export function reconstructionError(original: LogicalValues, reconstructed: LogicalValues): ReconstructionError {
  sameLength(original, reconstructed)
  let maximum = 0
  let squares = 0
  let compared = 0
  for (let i = 0; i < original.length; i++) {
    const error = Math.abs((original[i] as number) - (reconstructed[i] as number))
    // Finite f32 values differ by less than 2^129, so in binary64 the difference is finite unless a value is not.
    if (!Number.isFinite(error)) continue
    compared++
    squares += error * error
    if (error > maximum) maximum = error
  }
  const rms = compared === 0 ? 0 : Math.sqrt(squares / compared)
  return { maximum, l2: Math.sqrt(squares), rms, compared, nonFinite: original.length - compared }
}

/** How quantized keys change the scores of one query. */
export interface AttentionScoreError {
  /** The mean over tokens t of |Q·K_t − Q·K̂_t|: no softmax, no 1/√d. 0 where there is nothing to compare. */
  readonly mean: number
  readonly maximum: number
  /** Tokens whose scores are finite; both means are over these. */
  readonly compared: number
  /** Tokens left out because they or the query hold a NaN or an infinity. */
  readonly nonFinite: number
}

/**
 * The error of the attention scores of one query, with products and sums in binary64. It grows with √D.
 * @param query [D]
 * @param keys [T, D]
 * @param reconstructed [T, D]
 * @throws RangeError where the shapes do not fit together
 */
export function attentionScoreError(
  query: LogicalValues,
  keys: LogicalValues,
  reconstructed: LogicalValues,
): AttentionScoreError {
  sameLength(keys, reconstructed)
  const D = query.length
  if (D === 0 ? keys.length > 0 : keys.length % D !== 0) {
    throw new RangeError(`a query of ${D} values does not fit keys of ${keys.length}: they are not rows of ${D}`)
  }
  const T = D === 0 ? 0 : keys.length / D
  let sum = 0
  let maximum = 0
  let compared = 0
  for (let t = 0; t < T; t++) {
    // Q·(K − K̂) is Q·K − Q·K̂ without the cancellation of two large scores.
    let score = 0
    for (let d = 0, i = t * D; d < D; d++, i++) {
      score += (query[d] as number) * ((keys[i] as number) - (reconstructed[i] as number))
    }
    const error = Math.abs(score)
    if (!Number.isFinite(error)) continue
    compared++
    sum += error
    if (error > maximum) maximum = error
  }
  return { mean: compared === 0 ? 0 : sum / compared, maximum, compared, nonFinite: T - compared }
}

/** Half an ulp of 1 in binary32: the largest relative error of one rounding. */
const UNIT_ROUNDOFF = 2 ** -24
/** The largest error of a rounding to a denormal. */
const DENORMAL_ROUNDOFF = 2 ** -150

/**
 * The largest |x − x̂| of x̂ = fl(q · s), q = rint(fl(x / s)), where every operation is binary32 and q is not clamped.
 *
 * The textbook bound s/2 is for exact arithmetic. With u = 2^-24, fl(x/s) is off by at most u·|x/s| + 2^-150, rint adds
 * 1/2, and fl(q·s) is off by at most u·|q·s|, |q·s| being at most |x| + |x − q·s|. (A product of an integer below 2^24 and a binary32
 * number cannot lose bits to a denormal result.) So
 *
 *     |x − q·s| ≤ e = s/2 + u·|x| + s·2^-150
 *     |x − x̂|  ≤ e + u·(|x| + e)
 *
 * which at |x| = 127·s is s/2 · (1 + 3.1e-5): nothing is guessed, and the excess over s/2 is real.
 * @param scale s > 0, finite
 */
export function roundTripBound(x: number, scale: number): number {
  const codeError = scale / 2 + UNIT_ROUNDOFF * Math.abs(x) + scale * DENORMAL_ROUNDOFF
  return codeError + UNIT_ROUNDOFF * (Math.abs(x) + codeError)
}

/** Whether a per-channel round trip keeps to `roundTripBound`. */
export interface BoundCheck {
  /** Whether every element that the bound covers keeps to it. */
  readonly holds: boolean
  /** Half the largest scale: the bound of exact arithmetic, to show beside the largest error. */
  readonly halfLargestScale: number
  /** Elements that break their bound. */
  readonly violations: number
  /** The first of them. */
  readonly first?: { readonly t: number; readonly d: number; readonly error: number; readonly bound: number }
  /** Elements beyond the range of the codes: their error comes from clamping, not from rounding. */
  readonly saturated: number
  /** Elements that are not finite, or whose scale is not finite or not positive. */
  readonly nonFinite: number
}

/**
 * Checks every element of a per-channel round trip against its own bound.
 * @param original [T, D]
 * @param reconstructed [T, D]
 * @param scales [D], one per channel
 * @param codes the lowest and the highest code, −128 and 127 for i8
 * @throws RangeError where the shapes do not fit together
 */
export function checkRoundTrip(
  original: LogicalValues,
  reconstructed: LogicalValues,
  scales: LogicalValues,
  codes: { readonly low: number; readonly high: number },
): BoundCheck {
  sameLength(original, reconstructed)
  const D = scales.length
  if (D === 0 ? original.length > 0 : original.length % D !== 0) {
    throw new RangeError(`${D} scales do not fit ${original.length} values: they are not rows of ${D}`)
  }
  let violations = 0
  let saturated = 0
  let nonFinite = 0
  let first: BoundCheck['first']
  for (let i = 0; i < original.length; i++) {
    const x = original[i] as number
    const scale = scales[i % D] as number
    const error = Math.abs(x - (reconstructed[i] as number))
    if (!Number.isFinite(error) || !Number.isFinite(scale) || scale <= 0) {
      nonFinite++
      continue
    }
    // The kernel's own quotient, rounded to binary32, so that exactly the elements that it clamps are counted.
    const quotient = Math.fround(x / scale)
    if (quotient > codes.high + 0.5 || quotient < codes.low - 0.5) {
      saturated++
      continue
    }
    const bound = roundTripBound(x, scale)
    if (error <= bound) continue
    violations++
    first ??= { t: Math.floor(i / D), d: i % D, error, bound }
  }
  let largest = 0
  for (const scale of scales) if (Number.isFinite(scale) && scale > largest) largest = scale
  const found = first === undefined ? {} : { first }
  return { holds: violations === 0, halfLargestScale: largest / 2, violations, ...found, saturated, nonFinite }
}

/** How two arrays of codes agree. */
export interface CodeAgreement {
  readonly equal: number
  readonly total: number
  /** The first index at which they differ. */
  readonly firstDifference?: number
}

/**
 * Counts equal codes. Floats are compared by value, except that NaN equals NaN and −0 does not equal 0.
 * @throws RangeError where the lengths differ
 */
export function compareCodes(actual: LogicalValues, expected: LogicalValues): CodeAgreement {
  sameLength(actual, expected)
  let equal = 0
  let firstDifference: number | undefined
  for (let i = 0; i < actual.length; i++) {
    if (Object.is(actual[i], expected[i])) equal++
    else firstDifference ??= i
  }
  return { equal, total: actual.length, ...(firstDifference === undefined ? {} : { firstDifference }) }
}

/** Bytes of the values of an array, each at the width of its type, without row padding. */
export function payloadBytes(type: StorageType, shape: readonly number[]): number {
  const elements = shape.reduce((product, extent) => product * extent, 1)
  return Math.ceil((elements * type.bits) / 8)
}

function sameLength(a: LogicalValues, b: LogicalValues): void {
  if (a.length !== b.length) throw new RangeError(`arrays of ${a.length} and ${b.length} values do not match`)
}
