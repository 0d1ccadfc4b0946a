import {
  abs,
  f16,
  f32,
  type Index,
  i8,
  type Kernel,
  kernel,
  max,
  min,
  type StorageType,
  sum,
  u2,
  u3,
  u4,
  type Value,
} from '@qernel/dsl'
import { storedScale, withinHalf } from './groups.ts'

const codeTypes = { 4: u4, 3: u3, 2: u2 } as const
type HybridBits = keyof typeof codeTypes

/** Elements of a group, along the inner axis. */
const length = 32

/**
 * InnerQ's hybrid mode (arXiv 2602.23200): each group of 32 channels of a token is quantized both ways, and kept asymmetric
 * where Σ|x − x̂_asym| < Σ|x − x̂_sym|, sums in f32 in the order of the channels, of what is finite. x [T, D] → scale, zero f16
 * [T, D/32], q [T, D].
 *
 * The mode is the sign of the scale. Positive: symmetric, x̂ = (q − m)·scale, m = 2^(b−1) − 1, zero is stored as 0. Negative:
 * asymmetric, x̂ = q·|scale| + zero. The two candidates are those of `groupSymmetric` (range −m … m, its code
 * stored with the bias m) and `groupAsymmetric`: InnerQ's Python and CUDA disagree on range, zero guard and bias, so this defines them.
 * b + 32/32 bits per element; with the zeros of symmetric groups left out, between b + 16/32 and that.
 *
 * NaN counts nowhere; it gets the code of 0 in a symmetric group, m, and the code 0 in an asymmetric one, as in the two candidates. A zero or
 * all-NaN group is symmetric with scale 1. An infinity has no part in the sums and saturates as in the candidate that is kept. The error is
 * at most that of the symmetric candidate in sum, so elementwise at most the larger of the two bounds.
 */
export const innerqHybrid =
  (bits: HybridBits) =>
  (element: StorageType = f32): Kernel =>
    kernel(
      `innerq_hybrid_u${bits}`,
      ({ size, input, output }) => {
        const T = size('T')
        const D = size('D', { multipleOf: length })
        const groups = D.groups(length)
        const m = 2 ** (bits - 1) - 1
        const n = 2 ** bits - 1
        const x = input('x', element, [T, D])
        const low = (t: Index, g: Index) => withinHalf(min({ d: groups.at(g) }, d => x(t, d)))
        // A NaN or an infinity does not affect the choice of mode for its neighbours.
        const error = (value: Value, restored: Value) => {
          const distance = abs(value.sub(restored))
          return distance.lt(Number.POSITIVE_INFINITY).select(distance, 0)
        }
        const symmetric = (value: Value, scale: Value) => value.div(scale).round().clamp(-m, m)
        const asymmetric = (value: Value, scale: Value, zero: Value) => value.sub(zero).div(scale).round().clamp(0, n)
        const scale = output('scale', f16, { t: T, g: groups.count }, (t, g) => {
          const group = groups.at(g)
          const least = low(t, g)
          const scaleOf = (range: Value, steps: number) => storedScale(withinHalf(range.div(steps)))
          const s = scaleOf(
            max({ d: group }, d => abs(x(t, d))),
            m,
          )
          const a = scaleOf(max({ d: group }, d => x(t, d)).sub(least), n)
          const zero = least.narrow(f16)
          const symmetricError = sum({ d: group }, d => error(x(t, d), symmetric(x(t, d), s).mul(s)))
          const asymmetricError = sum({ d: group }, d => error(x(t, d), asymmetric(x(t, d), a, zero).mul(a).add(zero)))
          return asymmetricError.lt(symmetricError).select(a.neg(), s)
        })
        const zero = output('zero', f16, { t: T, g: groups.count }, (t, g) => scale(t, g).lt(0).select(low(t, g), 0))
        output('q', codeTypes[bits], { t: T, d: groups }, (t, d) => {
          const s = scale(t, d.group)
          // Converted to an integer before the bias is added, so that the 0 from a NaN is biased as well.
          const biased = symmetric(x(t, d), s).saturate(i8).add(m)
          const other = asymmetric(x(t, d), s.abs(), zero(t, d.group)).saturate(i8)
          return s.lt(0).select(other, biased)
        })
      },
      `InnerQ's hybrid ${bits}-bit mode, groups of 32 along D: symmetric or asymmetric, whichever is closer; negative scale: asymmetric`,
    )

/** The inverse: x = scale < 0 ? q·|scale| + zero : (q − m)·scale. */
export const innerqHybridDequantize =
  (bits: HybridBits) =>
  (element: StorageType = f32): Kernel =>
    kernel(
      `innerq_hybrid_u${bits}_dequantize`,
      ({ size, input, output }) => {
        const T = size('T')
        const D = size('D', { multipleOf: length })
        const groups = D.groups(length)
        const q = input('q', codeTypes[bits], [T, D])
        const scale = input('scale', f16, [T, groups.count])
        const zero = input('zero', f16, [T, groups.count])
        output('x', element, { t: T, d: groups }, (t, d) => {
          const s = scale(t, d.group)
          const code = q(t, d).toF32()
          const biased = code.sub(2 ** (bits - 1) - 1).mul(s)
          return s.lt(0).select(code.mul(s.abs()).add(zero(t, d.group)), biased)
        })
      },
      `InnerQ's hybrid ${bits}-bit mode, back to floats`,
    )
