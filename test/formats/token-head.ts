/** INT8 with an f32 scale per head of each token, as two engines store it. */
import { clamp, f32, largestMagnitude, roundHalfEven } from './arithmetic.ts'
import { type Expected, type Format, heads, open, type Storage } from './format.ts'
import { apart, recordsOfInt8 } from './storage.ts'

const headSize = 32

/** x times a reciprocal, ties to even, within ±limits. 0 · ∞ and NaN have no code. */
function codeOf(x: number, inverse: number, low: number): Expected {
  const product = f32(x * inverse)
  return Number.isNaN(product) ? open : roundHalfEven(clamp(product, low, 127))
}

export const vllm: Format = {
  source:
    'vLLM, _reshape_cache_per_token_head: scale = max(max |x| / 127, 1e-6), x · (1 / scale), clamped to −128 … 127; rounded since pull request 45361',
  open: [
    'NaN in the maximum: ignored, as Triton’s tl.max does by default',
    'the code of a NaN, and of an infinity (∞ · 0)',
    'ties: the pull request names torch.round, which is to even',
  ],
  groupSize: headSize,
  layout: heads(headSize),
  storage: apart('scale'),
  encode: x => {
    const scale = Math.max(f32(largestMagnitude(x) / 127), f32(1e-6))
    const inverse = f32(1 / scale)
    return { parameters: [scale], codes: x.map(value => codeOf(value, inverse, -128)) }
  },
  parameterType: 'f32',
  scale: 0,
  error: 0.5,
  decode: (code, [scale = Number.NaN]) => f32(code * scale),
  keepsFinite: x => largestMagnitude(x) < 1e38,
  codes: [-128, 127],
}

const onnxRuntime = (storage: Storage): Format => ({
  source:
    'ONNX Runtime, contrib_ops/webgpu/bert/kv_cache_block_quant_int8.wgsl.template: scale = max |x| / 127, inverse = scale > 0 ? 1 / scale : 0, clamp(round(x · inverse), −127, 127); WGSL rounds ties to even',
  open: [
    'NaN in the maximum: WGSL leaves it to the device; ignored',
    'the code of a NaN, of an infinity (∞ · 0), and of a zero where 1 / scale overflows (0 · ∞)',
    'denormals, which WGSL lets a device flush: kept',
  ],
  groupSize: headSize,
  layout: heads(headSize),
  storage,
  encode: x => {
    const scale = f32(largestMagnitude(x) / 127)
    const inverse = scale > 0 ? f32(1 / scale) : 0
    return { parameters: [scale], codes: x.map(value => codeOf(value, inverse, -127)) }
  },
  parameterType: 'f32',
  scale: 0,
  error: 0.5,
  decode: (code, [scale = Number.NaN]) => f32(code * scale),
  keepsFinite: x => largestMagnitude(x) < 1e38,
  codes: [-128, 127],
})

export const onnxRuntimeApart = onnxRuntime(apart('scale'))
export const onnxRuntimeRecords = onnxRuntime(recordsOfInt8)
