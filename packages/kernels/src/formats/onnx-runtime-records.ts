import { abs, f32, field, i8, type Kernel, kernel, max, type StorageType, type Tensor } from '@qernel/dsl'
import { reciprocalOrZero } from './reciprocal.ts'

/**
 * ONNX Runtime's 8-bit KV cache for WebGPU as it lies in memory: x [T, H, D] → rows u8 [T, H, D + 4], a head vector as a record of
 * 1 + D/4 words, the f32 scale and then the codes, least significant byte first; 8 + 32/D bits per element.
 *
 * scale = max_d |x| / 127; q = clamp(round(x · (1/scale)), −127, 127), 1/0 counting as 0, ties to even. Special values and the error are
 * as in `onnx_runtime_int8`, which keeps scale and q in separate arrays.
 */
export const onnxRuntimeInt8Records = (element: StorageType = f32): Kernel =>
  kernel(
    'onnx_runtime_int8_records',
    ({ size, input, temporary, outputRecord }) => {
      const T = size('T')
      const H = size('H')
      const D = size('D', { multipleOf: 4 })
      const x = input('x', element, [T, H, D])
      const step = temporary('step', f32, { t: T, h: H }, (t, h) => max({ d: D }, d => abs(x(t, h, d))).div(127))
      outputRecord(
        'rows',
        { t: T, h: H },
        {
          scale: field(f32, (t, h) => step(t, h)),
          q: field(i8, { d: D }, (t, h, d) =>
            x(t, h, d)
              .mul(reciprocalOrZero(step(t, h)))
              .round()
              .clamp(-127, 127),
          ),
        },
      )
    },
    "ONNX Runtime WebGPU's 8-bit cache, records of 1 + D/4 words: scale = max_d |x| / 127, then round(x · (1/scale))",
  )

/** The inverse: rows u8 [T, H, D + 4] → x [T, H, D] = q · scale. */
export const onnxRuntimeInt8RecordsDequantize = (element: StorageType = f32): Kernel =>
  kernel(
    'onnx_runtime_int8_records_dequantize',
    ({ size, inputRecord, output }) => {
      const T = size('T')
      const H = size('H')
      const D = size('D', { multipleOf: 4 })
      const rows = inputRecord('rows', [T, H], { scale: { type: f32 }, q: { type: i8, length: D } })
      output('x', element, { t: T, h: H, d: D }, (t, h, d) => rows.q(t, h, d).toF32().mul(rows.scale(t, h)))
    },
    "ONNX Runtime WebGPU's 8-bit records, back to floats: x = q · scale",
  )

/** The scales, one per row of records. */
export function recordScales({ data, shape }: Tensor): number[] {
  const bytes = new DataView(Uint8Array.from(data).buffer)
  const pitch = shape.at(-1) as number
  return Array.from({ length: pitch === 0 ? 0 : data.length / pitch }, (_, i) => bytes.getFloat32(i * pitch, true))
}
