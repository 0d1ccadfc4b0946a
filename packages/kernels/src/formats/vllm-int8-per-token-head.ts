import { abs, f32, i8, type Kernel, kernel, max, type StorageType } from '@qernel/dsl'
import { reciprocal } from './reciprocal.ts'

/**
 * vLLM's `int8_per_token_head` cache: x [T, H, D] of T tokens and H heads, one f32 scale per token and head; 8 + 32/D bits.
 *
 * scale = max(max_d |x| / 127, 1e-6); q = clamp(round(x · (1/scale)), −128, 127): a product with the rounded reciprocal, not a division;
 * ties to even. (It shipped with truncation at first.)
 *
 * NaN does not count in the maximum and gets code 0; an all-zero vector gets scale 1e-6 and codes 0. A vector with an infinity has
 * an infinite scale and codes 0: it comes back as NaN. Error of a finite vector: |x − q·scale| ≤ scale · (1/2 + 2^-16), the second
 * term for the rounding of the reciprocal and of the product at |q| ≤ 128.
 */
export const vllmInt8PerTokenHead = (element: StorageType = f32): Kernel =>
  kernel(
    'vllm_int8_per_token_head',
    ({ size, input, output }) => {
      const T = size('T')
      const H = size('H')
      const D = size('D')
      const x = input('x', element, [T, H, D])
      const scale = output('scale', f32, { t: T, h: H }, (t, h) =>
        max(max({ d: D }, d => abs(x(t, h, d))).div(127), 1e-6),
      )
      output('q', i8, { t: T, h: H, d: D }, (t, h, d) =>
        x(t, h, d)
          .mul(reciprocal(scale(t, h)))
          .round()
          .clamp(-128, 127),
      )
    },
    "vLLM's int8_per_token_head: scale = max(max_d |x| / 127, 1e-6), q = clamp(round(x · (1/scale)), −128, 127)",
  )

/** The inverse: q i8 [T, H, D], scale [T, H] → x = q · scale. */
export const vllmInt8PerTokenHeadDequantize = (element: StorageType = f32): Kernel =>
  kernel(
    'vllm_int8_per_token_head_dequantize',
    ({ size, input, output }) => {
      const T = size('T')
      const H = size('H')
      const D = size('D')
      const q = input('q', i8, [T, H, D])
      const scale = input('scale', f32, [T, H])
      output('x', element, { t: T, h: H, d: D }, (t, h, d) => q(t, h, d).toF32().mul(scale(t, h)))
    },
    "vLLM's int8_per_token_head, back to floats: x = q · scale",
  )
