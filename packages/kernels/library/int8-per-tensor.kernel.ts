/** INT8 with one scale for the whole tensor, which is kept as a tensor of one element. */
import { abs, clamp, f32, i8, kernel, max, round, type StorageType, toF32 } from '@qernel/dsl/source'

export const int8PerTensor = (element: StorageType = f32) =>
  kernel(
    'int8_per_tensor',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const x = input('x', element, [T, D])
      const scale = output('scale', f32, [1], () => {
        const largest = max([T, D], (t, d) => abs(x(t, d)))
        return (largest < 1e-8 ? 1 : largest) / 127
      })
      output('q', i8, [T, D], (t, d) => clamp(round(x(t, d) / scale(0)), -128, 127))
    },
    'INT8 per tensor with the scale computed: scale = max |x| / 127, q = clamp(round(x / scale), −128, 127)',
  )

/** The inverse. */
export const int8PerTensorDequantize = (element: StorageType = f32) =>
  kernel(
    'int8_per_tensor_dequantize',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const q = input('q', i8, [T, D])
      const scale = input('scale', f32, [1])
      output('x', element, [T, D], (t, d) => toF32(q(t, d)) * scale(0))
    },
    'INT8 per tensor, back to floats: x[t, d] = q[t, d] · scale',
  )
