/** LMDeploy's asymmetric cache of 8 and 4 bits, with f32 parameters per head of each token. */
import { f32, range } from './arithmetic.ts'
import { type Expected, type Format, heads, inRows, open } from './format.ts'
import { apart, halvesInNibbles } from './storage.ts'

const headSize = 32

function lmdeploy(bits: number): Format {
  const last = 2 ** bits - 1
  /** The conversion to an unsigned integer drops the fraction; outside of the range of the codes it depends on the device. */
  const codeOf = (x: number, scale: number, zero: number): Expected => {
    const sum = f32(f32(f32(x / scale) + zero) + 0.5)
    return sum > -1 && sum < last + 1 ? Math.trunc(sum) + 0 : open
  }
  return {
    source: `LMDeploy, pytorch/kernels/cuda/fill_kv_cache.py, _quant_int${bits}: scale = (max − min) / ${last}, zero = −min / scale, q = x / scale + zero + 0.5 converted to an integer`,
    open: [
      'a scale of 0 (all equal, or so close that it underflows): theirs divides by it; ours has to bring the vector back',
      'a scale that is no number (∞ − ∞)',
      'NaN in minimum and maximum: ignored, as Triton’s tl.min and tl.max do by default',
      'the code of a NaN or an infinity, and sums outside of the codes',
      'elements of f16 and bf16: theirs computes u8 in the type of the elements, ours in f32',
    ],
    groupSize: headSize,
    layout: bits === 8 ? heads(headSize) : inRows(headSize, groups => [groups / 3, 3, 2, headSize / 2]),
    storage: bits === 8 ? apart('scale', 'zero') : halvesInNibbles('scale', 'zero'),
    encode: (x, [storedScale = Number.NaN, storedZero = Number.NaN]) => {
      const extremes = range(x)
      const scale = extremes === undefined ? 0 : f32(f32(extremes.high - extremes.low) / last)
      return {
        parameters:
          extremes === undefined || scale === 0 || Number.isNaN(scale)
            ? [open, open]
            : [scale, f32(-extremes.low / scale)],
        codes: x.map(value => codeOf(value, storedScale, storedZero)),
      }
    },
    parameterType: 'f32',
    scale: 0,
    error: 0.5,
    decode: (code, [scale = Number.NaN, zero = Number.NaN]) => f32(f32(code - zero) * scale),
    // If max − min exceeds the largest f32, LMDeploy's scale is infinite.
    keepsFinite: x => x.every(value => Math.abs(value) < 1e38),
    codes: [0, last],
  }
}

export const lmdeployU8 = lmdeploy(8)
export const lmdeployU4 = lmdeploy(4)
