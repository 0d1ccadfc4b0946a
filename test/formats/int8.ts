/** INT8 with an f32 scale: arXiv 2601.04719 (one scale per channel), and the same per token and per tensor. */
import { clamp, f32, largestMagnitude, roundHalfEven } from './arithmetic.ts'
import { type Expected, type Format, inColumns, inRows, open } from './format.ts'
import { apart } from './storage.ts'

const groupSize = 32

/** A maximum below 1e-8 counts as 1. */
function scaleOf(x: readonly number[]): number {
  const largest = largestMagnitude(x)
  return f32((largest < f32(1e-8) ? 1 : largest) / 127)
}

/** True division, ties to even. The code of NaN is open: CUDA's __float2int_rn gives 0. */
export function codeOf(x: number, scale: number): Expected {
  const quotient = f32(x / scale)
  return Number.isNaN(quotient) ? open : roundHalfEven(clamp(quotient, -128, 127))
}

const int8 = (layout: Format['layout']): Format => ({
  source:
    'arXiv 2601.04719, section 3, and its CUDA: scale = max |x| / 127, 1/127 below 1e-8; clamp(rint(x / scale), −128, 127)',
  open: [
    'NaN in the maximum: ignored, as CUDA’s fmaxf does',
    'the code of a NaN, and of an infinity (∞/∞)',
    'whether 1e-8 is the f32 or the double: f32',
  ],
  groupSize,
  layout,
  storage: apart('scale'),
  encode: (x, [scale = Number.NaN]) => ({ parameters: [scaleOf(x)], codes: x.map(value => codeOf(value, scale)) }),
  parameterType: 'f32',
  scale: 0,
  error: 0.5,
  decode: (code, [scale = Number.NaN]) => f32(code * scale),
  // 127 times the rounded scale may exceed the largest f32.
  keepsFinite: x => largestMagnitude(x) < 1e38,
  codes: [-128, 127],
})

export const int8PerChannel = int8(inColumns(groupSize, 1))
export const int8PerToken = int8(inRows(groupSize, groups => [groups, groupSize]))
/** One group is a whole tensor of 2 × 16. */
export const int8PerTensor = int8(() => inRows(groupSize, () => [2, groupSize / 2])(1))
