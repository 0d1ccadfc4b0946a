/** LMDeploy's asymmetric caches (_quant_int8 and _quant_int4 of its PyTorch engine): one f32 scale and one f32 zero code per head vector. */
import { clamp, f32, kernel, max, min, type StorageType, toF32, trunc, u8 } from '@qernel/dsl/source'
import { byteOfNibbles, nibbleOf } from './nibbles.ts'

/** A scale of 0 would divide by zero, as it does in LMDeploy, so it becomes 1. */
const scaleOf = (low: number, high: number, steps: number) => {
  const scale = (high - low) / steps
  return scale > 0 ? scale : 1
}
const zeroOf = (low: number, high: number, scale: number) => -(low <= high ? low : 0) / scale
const codeOf = (x: number, scale: number, zero: number, largest: number) =>
  clamp(trunc(x / scale + zero + 0.5), 0, largest)

export const lmdeployU8 = (element: StorageType = f32) =>
  kernel(
    'lmdeploy_u8',
    ({ size, input, output }) => {
      const T = size('T')
      const H = size('H')
      const D = size('D')
      const x = input('x', element, [T, H, D])
      const low = (t: number, h: number) => min(D, d => x(t, h, d))
      const high = (t: number, h: number) => max(D, d => x(t, h, d))
      const scale = output('scale', f32, [T, H], (t, h) => scaleOf(low(t, h), high(t, h), 255))
      const zero = output('zero', f32, [T, H], (t, h) => zeroOf(low(t, h), high(t, h), scale(t, h)))
      output('q', u8, [T, H, D], (t, h, d) => codeOf(x(t, h, d), scale(t, h), zero(t, h), 255))
    },
    "LMDeploy's asymmetric 8-bit cache: scale = (max − min)/255, zero = −min/scale, q = trunc(x/scale + zero + 0.5)",
  )

/** The inverse. */
export const lmdeployU8Dequantize = (element: StorageType = f32) =>
  kernel(
    'lmdeploy_u8_dequantize',
    ({ size, input, output }) => {
      const T = size('T')
      const H = size('H')
      const D = size('D')
      const q = input('q', u8, [T, H, D])
      const scale = input('scale', f32, [T, H])
      const zero = input('zero', f32, [T, H])
      output('x', element, [T, H, D], (t, h, d) => (toF32(q(t, h, d)) - zero(t, h)) * scale(t, h))
    },
    "LMDeploy's asymmetric 8-bit cache, back to floats: x = (q − zero) · scale",
  )

/** x is seen as [T, H, 2, C], the same bytes as [T, H, 2 · C]: the byte c holds the codes of the channels c and c + C. */
export const lmdeployU4 = (element: StorageType = f32) =>
  kernel(
    'lmdeploy_u4',
    ({ size, input, output }) => {
      const T = size('T')
      const H = size('H')
      const C = size('C')
      const x = input('x', element, [T, H, 2, C])
      const low = (t: number, h: number) => min([2, C], (half, c) => x(t, h, half, c))
      const high = (t: number, h: number) => max([2, C], (half, c) => x(t, h, half, c))
      const scale = output('scale', f32, [T, H], (t, h) => scaleOf(low(t, h), high(t, h), 15))
      const zero = output('zero', f32, [T, H], (t, h) => zeroOf(low(t, h), high(t, h), scale(t, h)))
      output('q', u8, [T, H, C], (t, h, c) => {
        const code = (half: number) => codeOf(x(t, h, half, c), scale(t, h), zero(t, h), 15)
        return byteOfNibbles(code(0), code(1))
      })
    },
    "LMDeploy's asymmetric 4-bit cache: scale = (max − min)/15; low nibble channel c, high nibble channel c + D/2",
  )

/** The inverse. */
export const lmdeployU4Dequantize = (element: StorageType = f32) =>
  kernel(
    'lmdeploy_u4_dequantize',
    ({ size, input, output }) => {
      const T = size('T')
      const H = size('H')
      const C = size('C')
      const q = input('q', u8, [T, H, C])
      const scale = input('scale', f32, [T, H])
      const zero = input('zero', f32, [T, H])
      output(
        'x',
        element,
        { t: T, h: H, half: 2, c: C },
        (t, h, half, c) => (nibbleOf(q(t, h, c), half) - zero(t, h)) * scale(t, h),
      )
    },
    "LMDeploy's asymmetric 4-bit cache, back to floats: x = (nibble − zero) · scale",
  )
