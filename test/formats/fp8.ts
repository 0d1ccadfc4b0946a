/** FP8 with one f32 scale per token. */
import { clamp, f32, largestMagnitude } from './arithmetic.ts'
import { e4m3 } from './float8.ts'
import { type Format, inRows } from './format.ts'
import { apart } from './storage.ts'

const groupSize = 32
const smallestScale = f32(1 / (448 * 512))

/** Codes are the numbers that they stand for. */
export const fp8E4m3PerToken: Format = {
  source:
    'vLLM, csrc/quantization/fp8/common.cu, dynamic_per_token_scaled_fp8_quant_kernel: scale = fmaxf(absmax / 448, 1 / (448 · 512)); fmaxf(−448, fminf(x / scale, 448)) to E4M3',
  open: ['NaN in the maximum: ignored, as CUDA’s fmaxf does', 'the code of a NaN: NaN here, 448 there'],
  groupSize,
  layout: inRows(groupSize, groups => [groups, groupSize]),
  storage: apart('scale'),
  encode(x) {
    const scale = Math.max(f32(largestMagnitude(x) / 448), smallestScale)
    const code = (value: number): number => {
      const quotient = f32(value / scale)
      return Number.isNaN(quotient) ? quotient : e4m3.round(clamp(quotient, -448, 448))
    }
    return { parameters: [scale], codes: x.map(code) }
  },
  parameterType: 'f32',
  scale: 0,
  error: 16,
  decode: (code, [scale = Number.NaN]) => f32(e4m3.round(code) * scale),
  keepsFinite: x => largestMagnitude(x) < 1e38,
  codes: [-448, 448],
}
