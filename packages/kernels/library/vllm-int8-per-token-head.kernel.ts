/** vLLM's int8_per_token_head cache: x [T, H, D] of T tokens and H heads, one f32 scale per token and head. */
import { abs, clamp, f32, i8, kernel, max, round, type StorageType, toF32 } from '@qernel/dsl/source'

export const vllmInt8PerTokenHead = (element: StorageType = f32) =>
  kernel(
    'vllm_int8_per_token_head',
    ({ size, input, output }) => {
      const T = size('T')
      const H = size('H')
      const D = size('D')
      const x = input('x', element, [T, H, D])
      const scale = output('scale', f32, [T, H], (t, h) => max(max(D, d => abs(x(t, h, d))) / 127, 1e-6))
      // A product with the rounded reciprocal, not a division.
      output('q', i8, [T, H, D], (t, h, d) => clamp(round(x(t, h, d) * (1 / scale(t, h))), -128, 127))
    },
    "vLLM's int8_per_token_head: scale = max(max_d |x| / 127, 1e-6), q = clamp(round(x · (1/scale)), −128, 127)",
  )

/** The inverse. */
export const vllmInt8PerTokenHeadDequantize = (element: StorageType = f32) =>
  kernel(
    'vllm_int8_per_token_head_dequantize',
    ({ size, input, output }) => {
      const T = size('T')
      const H = size('H')
      const D = size('D')
      const q = input('q', i8, [T, H, D])
      const scale = input('scale', f32, [T, H])
      output('x', element, [T, H, D], (t, h, d) => toF32(q(t, h, d)) * scale(t, h))
    },
    "vLLM's int8_per_token_head, back to floats: x = q · scale",
  )
