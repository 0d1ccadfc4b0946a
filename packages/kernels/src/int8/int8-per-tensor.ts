import { abs, f32, i8, type Kernel, kernel, max, type StorageType } from '@qernel/dsl'

/**
 * INT8 per tensor, symmetric, in two passes over the data (TensorRT-LLM's INT8 KV cache has one f32 scale per tensor and
 * converts with `cvt.rni.sat.s8.f32`). The scale is a tensor of one element, [1].
 *
 * scale = max |x| / 127, where a maximum below 1e-8 counts as 1; q[t, d] = clamp(round(x[t, d] / scale), −128, 127), ties
 * to even. 8 bits per element.
 *
 * NaN does not count in the maximum and gets code 0; one infinity makes every code 0. Error of a finite tensor:
 * |x − q·scale| ≤ scale/2 before the rounding of the product.
 */
export const int8PerTensor = (element: StorageType = f32): Kernel =>
  kernel(
    'int8_per_tensor',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const x = input('x', element, [T, D])
      const scale = output('scale', f32, [1], () => {
        const largest = max({ t: T, d: D }, (t, d) => abs(x(t, d)))
        return largest.lt(1e-8).select(1, largest).div(127)
      })
      output('q', i8, { t: T, d: D }, (t, d) => x(t, d).div(scale(0)).round().clamp(-128, 127))
    },
    'INT8 per tensor with the scale computed: scale = max |x| / 127, q = clamp(round(x / scale), −128, 127)',
  )

/** The inverse: q i8 [T, D], scale [1] → x [T, D] = q · scale. */
export const int8PerTensorDequantize = (element: StorageType = f32): Kernel =>
  kernel(
    'int8_per_tensor_dequantize',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const q = input('q', i8, [T, D])
      const scale = input('scale', f32, [1])
      output('x', element, { t: T, d: D }, (t, d) => q(t, d).toF32().mul(scale(0)))
    },
    'INT8 per tensor, back to floats: x[t, d] = q[t, d] · scale',
  )
