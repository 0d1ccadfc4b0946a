/** INT8 per channel: the whole kernel, and its two halves. */
import { abs, f32, i8, type Kernel, kernel, max, type StorageType } from '@qernel/dsl'

export const perChannel = (element: StorageType = f32): Kernel =>
  kernel('per_channel', ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const x = input('x', element, [T, D])
    const scale = output('scale', f32, [D], d => {
      const largest = max(T, t => abs(x(t, d)))
      return largest.lt(1e-8).select(1, largest).div(127)
    })
    output('q', i8, [T, D], (t, d) => x(t, d).div(scale(d)).round().clamp(-128, 127))
  })

export const quantize = (element: StorageType = f32): Kernel =>
  kernel('quantize', ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const x = input('x', element, [T, D])
    const scale = input('scale', f32, [D])
    output('q', i8, [T, D], (t, d) => x(t, d).div(scale(d)).round().clamp(-128, 127))
  })

export const dequantize = (element: StorageType = f32): Kernel =>
  kernel('dequantize', ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const q = input('q', i8, [T, D])
    const scale = input('scale', f32, [D])
    output('x', element, [T, D], (t, d) => q(t, d).toF32().mul(scale(d)))
  })
