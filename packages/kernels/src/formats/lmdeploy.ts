import { f32, type Kernel, kernel, max, min, type StorageType, u8, type Value } from '@qernel/dsl'
import { byteOfNibbles, nibbleOf } from './nibbles.ts'

/** A scale of 0 would divide by zero, as it does in LMDeploy, so it becomes 1. */
const scaleOf = (low: Value, high: Value, steps: number): Value => {
  const scale = high.sub(low).div(steps)
  return scale.gt(0).select(scale, 1)
}
const codeOf = (x: Value, scale: Value, zero: Value, largest: number): Value =>
  x.div(scale).add(zero).add(0.5).trunc().clamp(0, largest)
const zeroOf = (low: Value, high: Value, scale: Value): Value => low.le(high).select(low, 0).neg().div(scale)

/**
 * LMDeploy's 8-bit cache (`_quant_int8` of its PyTorch engine): x [T, H, D] → q u8, scale and zero f32 [T, H]; 8 + 64/D bits.
 *
 * scale = (max − min)/255, zero = −min/scale (a float code, not a value), q = trunc(x/scale + zero + 0.5), clamped to 0 … 255;
 * x̂ = (q − zero)·scale. A scale of 0 divides by zero there; here it is 1: of a constant vector, and of one whose range / 255 is below
 * the smallest float. LMDeploy stores scale and zero in the type of the cache, this in f32.
 *
 * NaN counts in neither extreme and gets code 0; a vector that is all NaN has zero 0 and scale 1. An infinity, or a range above the
 * largest float, makes the scale infinite and all codes 0, and the whole vector comes back as NaN. Error of a finite vector: scale/2,
 * and the roundings at |x|/scale + |zero|, which are 2^-23 of that.
 */
export const lmdeployU8 = (element: StorageType = f32): Kernel =>
  kernel(
    'lmdeploy_u8',
    ({ size, input, output }) => {
      const T = size('T')
      const H = size('H')
      const D = size('D')
      const x = input('x', element, [T, H, D])
      const scale = output('scale', f32, { t: T, h: H }, (t, h) =>
        scaleOf(
          min({ d: D }, d => x(t, h, d)),
          max({ d: D }, d => x(t, h, d)),
          255,
        ),
      )
      const zero = output('zero', f32, { t: T, h: H }, (t, h) =>
        zeroOf(
          min({ d: D }, d => x(t, h, d)),
          max({ d: D }, d => x(t, h, d)),
          scale(t, h),
        ),
      )
      output('q', u8, { t: T, h: H, d: D }, (t, h, d) => codeOf(x(t, h, d), scale(t, h), zero(t, h), 255))
    },
    "LMDeploy's asymmetric 8-bit cache: scale = (max − min)/255, zero = −min/scale, q = trunc(x/scale + zero + 0.5)",
  )

/** The inverse: x = (q − zero) · scale. */
export const lmdeployU8Dequantize = (element: StorageType = f32): Kernel =>
  kernel(
    'lmdeploy_u8_dequantize',
    ({ size, input, output }) => {
      const T = size('T')
      const H = size('H')
      const D = size('D')
      const q = input('q', u8, [T, H, D])
      const scale = input('scale', f32, [T, H])
      const zero = input('zero', f32, [T, H])
      output('x', element, { t: T, h: H, d: D }, (t, h, d) => q(t, h, d).toF32().sub(zero(t, h)).mul(scale(t, h)))
    },
    "LMDeploy's asymmetric 8-bit cache, back to floats: x = (q − zero) · scale",
  )

/**
 * LMDeploy's 4-bit cache (`_quant_int4`): as `lmdeployU8` with 15 steps; the byte d of a head vector holds the code of channel d in
 * its low nibble and that of channel d + D/2 in its high one; a NaN in one of them leaves the other its code.
 * x is seen as [T, H, 2, C], C = D/2, the same bytes as [T, H, D]; q u8 [T, H, C]; 4 + 64/D bits per element.
 */
export const lmdeployU4 = (element: StorageType = f32): Kernel =>
  kernel(
    'lmdeploy_u4',
    ({ size, input, output }) => {
      const T = size('T')
      const H = size('H')
      const C = size('C')
      const x = input('x', element, [T, H, 2, C])
      const scale = output('scale', f32, { t: T, h: H }, (t, h) =>
        scaleOf(
          min({ half: 2, c: C }, (half, c) => x(t, h, half, c)),
          max({ half: 2, c: C }, (half, c) => x(t, h, half, c)),
          15,
        ),
      )
      const zero = output('zero', f32, { t: T, h: H }, (t, h) =>
        zeroOf(
          min({ half: 2, c: C }, (half, c) => x(t, h, half, c)),
          max({ half: 2, c: C }, (half, c) => x(t, h, half, c)),
          scale(t, h),
        ),
      )
      output('q', u8, { t: T, h: H, c: C }, (t, h, c) => {
        const [low, high] = [0, 1].map(half => codeOf(x(t, h, half, c), scale(t, h), zero(t, h), 15)) as [Value, Value]
        return byteOfNibbles(low, high)
      })
    },
    "LMDeploy's asymmetric 4-bit cache: scale = (max − min)/15; low nibble channel c, high nibble channel c + D/2",
  )

/** The inverse: x [T, H, 2, C] = (nibble − zero) · scale. */
export const lmdeployU4Dequantize = (element: StorageType = f32): Kernel =>
  kernel(
    'lmdeploy_u4_dequantize',
    ({ size, input, output }) => {
      const T = size('T')
      const H = size('H')
      const C = size('C')
      const q = input('q', u8, [T, H, C])
      const scale = input('scale', f32, [T, H])
      const zero = input('zero', f32, [T, H])
      output('x', element, { t: T, h: H, half: 2, c: C }, (t, h, half, c) => {
        return nibbleOf(q(t, h, c), half)
          .sub(zero(t, h))
          .mul(scale(t, h))
      })
    },
    "LMDeploy's asymmetric 4-bit cache, back to floats: x = (nibble − zero) · scale",
  )
