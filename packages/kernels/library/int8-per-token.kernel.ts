/** INT8 with one scale per token: x of T tokens by D channels. */
import { abs, clamp, f32, i8, kernel, max, round, type StorageType, toF32 } from '@qernel/dsl/source'

export const int8PerToken = (element: StorageType = f32) =>
  kernel(
    'int8_per_token',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const x = input('x', element, [T, D])
      const scale = output('scale', f32, [T], t => {
        const largest = max(D, d => abs(x(t, d)))
        // A token of zeros gets the scale 1/127.
        return (largest < 1e-8 ? 1 : largest) / 127
      })
      output('q', i8, [T, D], (t, d) => clamp(round(x(t, d) / scale(t)), -128, 127))
    },
    'INT8 per token with the scale computed: scale[t] = max_d |x[t, d]| / 127, q = clamp(round(x / scale), −128, 127)',
  )

/** The inverse. */
export const int8PerTokenDequantize = (element: StorageType = f32) =>
  kernel(
    'int8_per_token_dequantize',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const q = input('q', i8, [T, D])
      const scale = input('scale', f32, [T])
      output('x', element, [T, D], (t, d) => toF32(q(t, d)) * scale(t))
    },
    'INT8 per token, back to floats: x[t, d] = q[t, d] · scale[t]',
  )
