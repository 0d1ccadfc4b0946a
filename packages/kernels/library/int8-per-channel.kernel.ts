/** INT8 with one scale per channel (arXiv 2601.04719): a key cache x of T tokens by D channels. */
import { abs, clamp, f32, i8, kernel, max, round, type StorageType, toF32 } from '@qernel/dsl/source'

export const int8PerChannel = (element: StorageType = f32) =>
  kernel(
    'int8_per_channel',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const x = input('x', element, [T, D])
      const scale = output('scale', f32, [D], d => {
        const largest = max(T, t => abs(x(t, d)))
        // A channel of zeros gets the scale 1/127.
        return (largest < 1e-8 ? 1 : largest) / 127
      })
      output('q', i8, [T, D], (t, d) => clamp(round(x(t, d) / scale(d)), -128, 127))
    },
    'INT8 per channel with the scale computed: scale[d] = max_t |x[t, d]| / 127, q = clamp(round(x / scale), −128, 127)',
  )

/** The scales alone, as a cache that is quantized later needs them. */
export const int8PerChannelScale = (element: StorageType = f32) =>
  kernel(
    'int8_per_channel_scale',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const x = input('x', element, [T, D])
      output('scale', f32, [D], d => {
        const largest = max(T, t => abs(x(t, d)))
        return (largest < 1e-8 ? 1 : largest) / 127
      })
    },
    'INT8 per channel, the scales alone: scale[d] = max_t |x[t, d]| / 127',
  )

/** The codes, with the scales given. */
export const int8PerChannelQuantize = (element: StorageType = f32) =>
  kernel(
    'int8_per_channel_quantize',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const x = input('x', element, [T, D])
      const scale = input('scale', f32, [D])
      output('q', i8, [T, D], (t, d) => clamp(round(x(t, d) / scale(d)), -128, 127))
    },
    'INT8 per channel with the scales given: q[t, d] = clamp(round(x[t, d] / scale[d]), −128, 127)',
  )

/** The inverse. */
export const int8PerChannelDequantize = (element: StorageType = f32) =>
  kernel(
    'int8_per_channel_dequantize',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const q = input('q', i8, [T, D])
      const scale = input('scale', f32, [D])
      output('x', element, [T, D], (t, d) => toF32(q(t, d)) * scale(d))
    },
    'INT8 per channel, back to floats: x[t, d] = q[t, d] · scale[d]',
  )
