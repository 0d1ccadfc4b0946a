import { abs, f32, i8, type Kernel, kernel, max, type StorageType } from '@qernel/dsl'
import { reciprocalOrZero } from './reciprocal.ts'

/**
 * ONNX Runtime's 8-bit KV cache for WebGPU (`kv_cache_block_quant_int8.wgsl.template`): x [T, H, D], one f32 scale per head vector; 8 + 32/D bits per element.
 *
 * scale = max_d |x| / 127; q = clamp(round(x · (1/scale)), −127, 127), 1/0 counting as 0, ties to even. The runtime keeps a
 * head vector as one record of 1 + D/4 words, the scale and then the codes, least significant byte first: `onnxRuntimeInt8Records`
 * stores those; here scale and q are separate arrays.
 *
 * NaN does not count in the maximum and gets code 0; an all-zero vector has scale 0 and comes back exactly. A vector with an
 * infinity has an infinite scale and comes back as NaN; where 1/scale overflows (max |x| below 4e-37) codes saturate, and a zero gets code 0. Error otherwise:
 * |x − q·scale| ≤ scale · (1/2 + 2^-16).
 */
export const onnxRuntimeInt8 = (element: StorageType = f32): Kernel =>
  kernel(
    'onnx_runtime_int8',
    ({ size, input, output }) => {
      const T = size('T')
      const H = size('H')
      const D = size('D', { multipleOf: 4 })
      const x = input('x', element, [T, H, D])
      const scale = output('scale', f32, { t: T, h: H }, (t, h) => max({ d: D }, d => abs(x(t, h, d))).div(127))
      output('q', i8, { t: T, h: H, d: D }, (t, h, d) =>
        x(t, h, d)
          .mul(reciprocalOrZero(scale(t, h)))
          .round()
          .clamp(-127, 127),
      )
    },
    "ONNX Runtime WebGPU's 8-bit cache, scale and codes apart: scale = max_d |x| / 127, q = round(x · (1/scale)), 1/0 as 0",
  )

/** The inverse: q i8 [T, H, D], scale [T, H] → x = q · scale. */
export const onnxRuntimeInt8Dequantize = (element: StorageType = f32): Kernel =>
  kernel(
    'onnx_runtime_int8_dequantize',
    ({ size, input, output }) => {
      const T = size('T')
      const H = size('H')
      const D = size('D', { multipleOf: 4 })
      const q = input('q', i8, [T, H, D])
      const scale = input('scale', f32, [T, H])
      output('x', element, { t: T, h: H, d: D }, (t, h, d) => q(t, h, d).toF32().mul(scale(t, h)))
    },
    "ONNX Runtime WebGPU's 8-bit cache, back to floats: x = q · scale",
  )
