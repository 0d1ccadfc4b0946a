import { abs, f32, i8, type Kernel, kernel, max, type StorageType } from '@qernel/dsl'

/**
 * INT8 per token, symmetric: x of T tokens by D channels, one f32 scale per token; 8 + 32/D bits per element.
 *
 * scale[t] = max_d |x[t, d]| / 127, where a maximum below 1e-8 counts as 1 (as for channels in arXiv 2601.04719: an
 * all-zero token gets 1/127 and codes 0); q[t, d] = clamp(round(x[t, d] / scale[t]), −128, 127), ties to even.
 *
 * NaN does not count in the maximum and gets code 0. A token with an infinity has an infinite scale and codes 0: it comes
 * back as NaN. Error of a finite token: |x − q·scale| ≤ scale/2 before the rounding of the product.
 */
export const int8PerToken = (element: StorageType = f32): Kernel =>
  kernel(
    'int8_per_token',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const x = input('x', element, [T, D])
      const scale = output('scale', f32, { t: T }, t => {
        const largest = max({ d: D }, d => abs(x(t, d)))
        return largest.lt(1e-8).select(1, largest).div(127)
      })
      output('q', i8, { t: T, d: D }, (t, d) => x(t, d).div(scale(t)).round().clamp(-128, 127))
    },
    'INT8 per token with the scale computed: scale[t] = max_d |x[t, d]| / 127, q = clamp(round(x / scale), −128, 127)',
  )

/** The inverse: q i8 [T, D], scale [T] → x [T, D] = q · scale. */
export const int8PerTokenDequantize = (element: StorageType = f32): Kernel =>
  kernel(
    'int8_per_token_dequantize',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const q = input('q', i8, [T, D])
      const scale = input('scale', f32, [T])
      output('x', element, { t: T, d: D }, (t, d) => q(t, d).toF32().mul(scale(t)))
    },
    'INT8 per token, back to floats: x[t, d] = q[t, d] · scale[t]',
  )
