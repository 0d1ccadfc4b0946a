import { abs, f32, i8, type Kernel, kernel, max, type StorageType } from '@qernel/dsl'

/**
 * INT8 per channel, symmetric (arXiv 2601.04719): a key cache x of T tokens by D channels, one scale per channel.
 *
 * scale[d] = max_t |x[t, d]| / 127, where a maximum below 1e-8 counts as 1 (an all-zero channel gets 1/127);
 * q[t, d] = clamp(round(x[t, d] / scale[d]), −128, 127), true division, ties to even.
 *
 * NaN elements do not count in the maximum and get code 0; a channel that holds an infinity has an infinite scale, code 0
 * for its finite elements and for its infinities. Error of a finite channel: |x − q·scale| ≤ scale/2 before the rounding of
 * the product.
 */
export const int8PerChannel = (element: StorageType = f32): Kernel =>
  kernel(
    'int8_per_channel',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const x = input('x', element, [T, D])
      const scale = output('scale', f32, { d: D }, d => {
        const largest = max({ t: T }, t => abs(x(t, d)))
        return largest.lt(1e-8).select(1, largest).div(127)
      })
      output('q', i8, { t: T, d: D }, (t, d) => x(t, d).div(scale(d)).round().clamp(-128, 127))
    },
    'INT8 per channel with the scale computed: scale[d] = max_t |x[t, d]| / 127, q = clamp(round(x / scale), −128, 127)',
  )

/** The first half of `int8PerChannel` alone, as a cache that is quantized later needs it: x [T, D] → scale [D]. */
export const int8PerChannelScale = (element: StorageType = f32): Kernel =>
  kernel(
    'int8_per_channel_scale',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const x = input('x', element, [T, D])
      output('scale', f32, { d: D }, d => {
        const largest = max({ t: T }, t => abs(x(t, d)))
        return largest.lt(1e-8).select(1, largest).div(127)
      })
    },
    'INT8 per channel, the scales alone: scale[d] = max_t |x[t, d]| / 127',
  )

/** The second half of `int8PerChannel` with the scales given: x [T, D], scale [D] → q i8 [T, D]. */
export const int8PerChannelQuantize = (element: StorageType = f32): Kernel =>
  kernel(
    'int8_per_channel_quantize',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const x = input('x', element, [T, D])
      const scale = input('scale', f32, [D])
      output('q', i8, { t: T, d: D }, (t, d) => x(t, d).div(scale(d)).round().clamp(-128, 127))
    },
    'INT8 per channel with the scales given: q[t, d] = clamp(round(x[t, d] / scale[d]), −128, 127)',
  )

/** The inverse: q i8 [T, D], scale [D] → x [T, D] = q · scale. */
export const int8PerChannelDequantize = (element: StorageType = f32): Kernel =>
  kernel(
    'int8_per_channel_dequantize',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const q = input('q', i8, [T, D])
      const scale = input('scale', f32, [D])
      output('x', element, { t: T, d: D }, (t, d) => q(t, d).toF32().mul(scale(d)))
    },
    'INT8 per channel, back to floats: x[t, d] = q[t, d] · scale[d]',
  )
