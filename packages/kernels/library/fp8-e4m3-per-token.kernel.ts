/** FP8 (E4M3) with one scale per token, as vLLM's dynamic_per_token_scaled_fp8_quant makes it. */
import { abs, clamp, f8e4m3, f32, kernel, max, type StorageType } from '@qernel/dsl/source'

/** The largest number of E4M3. */
const largestCode = 448

export const fp8E4m3PerToken = (element: StorageType = f32) =>
  kernel(
    'fp8_e4m3_per_token',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const x = input('x', element, [T, D])
      const scale = output('scale', f32, [T], t =>
        max(max(D, d => abs(x(t, d))) / largestCode, 1 / (largestCode * 512)),
      )
      output('q', f8e4m3, [T, D], (t, d) => clamp(x(t, d) / scale(t), -largestCode, largestCode))
    },
    'FP8 E4M3 per token: scale[t] = max_d |x[t, d]| / 448, q = x / scale as 8-bit floats',
  )

/** The inverse. */
export const fp8E4m3PerTokenDequantize = (element: StorageType = f32) =>
  kernel(
    'fp8_e4m3_per_token_dequantize',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const q = input('q', f8e4m3, [T, D])
      const scale = input('scale', f32, [T])
      output('x', element, [T, D], (t, d) => q(t, d) * scale(t))
    },
    'FP8 E4M3 per token, back to floats: x[t, d] = q[t, d] · scale[t]',
  )
