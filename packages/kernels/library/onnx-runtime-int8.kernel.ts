/** ONNX Runtime's 8-bit KV cache for WebGPU: x [T, H, D], one f32 scale per head vector; scale and codes apart, or as the records that the runtime keeps. */
import { abs, clamp, f32, field, i8, kernel, max, round, type StorageType, toF32 } from '@qernel/dsl/source'
import { reciprocalOrZero } from './reciprocal.ts'

export const onnxRuntimeInt8 = (element: StorageType = f32) =>
  kernel(
    'onnx_runtime_int8',
    ({ size, input, output }) => {
      const T = size('T')
      const H = size('H')
      const D = size('D', { multipleOf: 4 })
      const x = input('x', element, [T, H, D])
      const scale = output('scale', f32, [T, H], (t, h) => max(D, d => abs(x(t, h, d))) / 127)
      output('q', i8, [T, H, D], (t, h, d) => clamp(round(x(t, h, d) * reciprocalOrZero(scale(t, h))), -127, 127))
    },
    "ONNX Runtime WebGPU's 8-bit cache, scale and codes apart: scale = max_d |x| / 127, q = round(x · (1/scale)), 1/0 as 0",
  )

/** The inverse. */
export const onnxRuntimeInt8Dequantize = (element: StorageType = f32) =>
  kernel(
    'onnx_runtime_int8_dequantize',
    ({ size, input, output }) => {
      const T = size('T')
      const H = size('H')
      const D = size('D', { multipleOf: 4 })
      const q = input('q', i8, [T, H, D])
      const scale = input('scale', f32, [T, H])
      output('x', element, [T, H, D], (t, h, d) => toF32(q(t, h, d)) * scale(t, h))
    },
    "ONNX Runtime WebGPU's 8-bit cache, back to floats: x = q · scale",
  )

/** A head vector as a record of 1 + D/4 words: the scale, then the codes. */
export const onnxRuntimeInt8Records = (element: StorageType = f32) =>
  kernel(
    'onnx_runtime_int8_records',
    ({ size, input, temporary, outputRecord }) => {
      const T = size('T')
      const H = size('H')
      const D = size('D', { multipleOf: 4 })
      const x = input('x', element, [T, H, D])
      const step = temporary('step', f32, [T, H], (t, h) => max(D, d => abs(x(t, h, d))) / 127)
      outputRecord('rows', [T, H], {
        scale: field(f32, (t, h) => step(t, h)),
        q: field(i8, { d: D }, (t, h, d) => clamp(round(x(t, h, d) * reciprocalOrZero(step(t, h))), -127, 127)),
      })
    },
    "ONNX Runtime WebGPU's 8-bit cache, records of 1 + D/4 words: scale = max_d |x| / 127, then round(x · (1/scale))",
  )

/** The inverse. */
export const onnxRuntimeInt8RecordsDequantize = (element: StorageType = f32) =>
  kernel(
    'onnx_runtime_int8_records_dequantize',
    ({ size, inputRecord, output }) => {
      const T = size('T')
      const H = size('H')
      const D = size('D', { multipleOf: 4 })
      const rows = inputRecord('rows', [T, H], { scale: { type: f32 }, q: { type: i8, length: D } })
      output('x', element, [T, H, D], (t, h, d) => toF32(rows.q(t, h, d)) * rows.scale(t, h))
    },
    "ONNX Runtime WebGPU's 8-bit records, back to floats: x = q · scale",
  )
