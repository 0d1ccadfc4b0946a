import { abs, f8e4m3, f32, type Kernel, kernel, max, type StorageType } from '@qernel/dsl'

/** The largest number of E4M3. */
const largestCode = 448

/**
 * FP8 E4M3 per token: x of T tokens by D channels, one f32 scale per token; 8 + 32/D bits per element.
 *
 * scale[t] = max(max_d |x[t, d]| / 448, 1 / (448 · 512)); q[t, d] = x[t, d] / scale[t], saturated to ±448 and rounded to E4M3, ties to even: what vLLM's
 * `dynamic_per_token_scaled_fp8_quant` makes (csrc/quantization/fp8/common.cu, without an upper bound of the scale), except for NaN.
 *
 * NaN does not count in the maximum, and stays NaN (vLLM stores 448). A token with an infinity has an infinite scale: its finite elements have the
 * code 0 and come back as NaN, as the infinity itself does. Zeros keep their signs. An all-zero token has the smallest scale and codes 0. Error of a finite
 * token: |x − q·scale| ≤ max(|x| · 2^-4, scale · 2^-10) before the roundings of quotient and product, at most 16 · scale.
 */
export const fp8E4m3PerToken = (element: StorageType = f32): Kernel =>
  kernel(
    'fp8_e4m3_per_token',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const x = input('x', element, [T, D])
      const scale = output('scale', f32, { t: T }, t =>
        max({ d: D }, d => abs(x(t, d)))
          .div(largestCode)
          .max(1 / (largestCode * 512)),
      )
      output('q', f8e4m3, { t: T, d: D }, (t, d) => x(t, d).div(scale(t)).clamp(-largestCode, largestCode))
    },
    'FP8 E4M3 per token: scale[t] = max_d |x[t, d]| / 448, q = x / scale as 8-bit floats',
  )

/** The inverse: q f8e4m3 [T, D], scale [T] → x [T, D] = q · scale. */
export const fp8E4m3PerTokenDequantize = (element: StorageType = f32): Kernel =>
  kernel(
    'fp8_e4m3_per_token_dequantize',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const q = input('q', f8e4m3, [T, D])
      const scale = input('scale', f32, [T])
      output('x', element, { t: T, d: D }, (t, d) => q(t, d).mul(scale(t)))
    },
    'FP8 E4M3 per token, back to floats: x[t, d] = q[t, d] · scale[t]',
  )
