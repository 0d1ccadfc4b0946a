/** llama.cpp's q8_0 and q4_0, after the reference functions of ggml-quants.c (its vector code rounds q8_0 to even). */
import { f16, f32, largestMagnitude, roundHalfAway } from './arithmetic.ts'
import { type Expected, type Format, open, pairsInRows, type Storage } from './format.ts'
import { apart, blocksOfQ4, blocksOfQ8, halvesInNibbles } from './storage.ts'

const blockSize = 32
/** `id = d ? 1.0f / d : 0.0f`, where d is not yet rounded to f16. */
const inverseOf = (d: number): number => (d === 0 ? 0 : f32(1 / d))

/** Blocks whose d fits f16 and whose 1/d is finite; others follow the format. */
const ordinary = (x: readonly number[], divisor: number): boolean => {
  const d = largestMagnitude(x) / divisor
  return d === 0 || (d <= 65504 && d > 2 ** -127)
}

const q8 = (storage: Storage): Format => ({
  source: 'llama.cpp, ggml-quants.c, quantize_row_q8_0_ref: d = max |x| / 127 in f16, q = roundf(x · (1 / d))',
  open: [
    'a block with a NaN: MAX(amax, fabsf(v)) forgets all that stood before the NaN; ours leaves the NaN out',
    'the code of a NaN, and of an infinity (∞ · 0): a C conversion of no number',
    'codes where 1 / d overflows (d below 2^−128)',
  ],
  groupSize: blockSize,
  layout: pairsInRows(blockSize),
  storage,
  encode: x => {
    const d = f32(largestMagnitude(x) / 127)
    const inverse = inverseOf(d)
    const codeOf = (value: number): Expected => {
      const code = roundHalfAway(f32(value * inverse))
      return code >= -128 && code <= 127 ? code + 0 : open
    }
    return { parameters: [f16(d)], codes: x.map(codeOf) }
  },
  parameterType: 'f16',
  scale: 0,
  error: 0.5,
  decode: (code, [d = Number.NaN]) => f32(code * d),
  keepsFinite: x => ordinary(x, 127),
  codes: [-128, 127],
})

/** The first value of the largest magnitude, with its sign; 0 for zeros. A comparison with NaN is false. */
function furthest(x: readonly number[]): number {
  let largest = 0
  let value = 0
  for (const each of x)
    if (Math.abs(each) > largest) {
      largest = Math.abs(each)
      value = each
    }
  return value
}

const q4 = (storage: Storage): Format => ({
  source:
    'llama.cpp, ggml-quants.c, quantize_row_q4_0_ref: d = (value of the largest magnitude) / −8 in f16, q = MIN(15, (int8_t)(x · (1 / d) + 8.5f)), the product rounded before the sum',
  open: [
    'the code of a NaN, and of an infinity (∞ · 0): a C conversion of no number; neighbours of an infinity get 8',
    'codes where 1 / d overflows (d below 2^−128)',
    'a build that fuses the product and the sum: other codes at ties',
  ],
  groupSize: blockSize,
  layout: pairsInRows(blockSize),
  storage,
  encode: x => {
    // A block of zeros gives −0: 0.0f / −8.
    const d = f32(furthest(x) / -8)
    const inverse = inverseOf(d)
    const codeOf = (value: number): Expected => {
      const code = Math.trunc(f32(f32(value * inverse) + 8.5))
      return code >= 0 && code <= 127 ? Math.min(15, code) : open
    }
    return { parameters: [f16(d)], codes: x.map(codeOf) }
  },
  parameterType: 'f16',
  scale: 0,
  // The largest value of the other sign has no code of its own: +8 becomes 7.
  error: 1,
  decode: (code, [d = Number.NaN]) => f32((code - 8) * d),
  keepsFinite: x => ordinary(x, 8),
  codes: [0, 15],
})

export const q8Apart = q8(apart('d'))
export const q4Apart = q4(halvesInNibbles('d'))
export const q8Blocks = q8(blocksOfQ8)
export const q4Blocks = q4(blocksOfQ4)
