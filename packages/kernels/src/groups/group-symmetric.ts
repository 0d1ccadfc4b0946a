import {
  abs,
  f16,
  f32,
  type Index,
  i2,
  i3,
  i4,
  i8,
  type Kernel,
  kernel,
  max,
  type StorageType,
  type Value,
} from '@qernel/dsl'
import { type Bits, type GroupOptions, groupedSizes, storedScale, withinHalf } from './groups.ts'

const codeTypes: Readonly<Record<Bits, StorageType>> = { 8: i8, 4: i4, 3: i3, 2: i2 }

/** The largest code: the range is −(2^(b−1) − 1) … 2^(b−1) − 1, symmetric about 0. */
export const largestCode = (bits: Bits): number => 2 ** (bits - 1) - 1

/** The name in `qernel list`: `group_symmetric_i4_g32_inner`. */
export const groupSymmetricName = ({ bits, length, along }: GroupOptions): string =>
  `group_symmetric_${codeTypes[bits].name}_g${length}_${along}`

/**
 * Group-wise symmetric b-bit codes with one f16 scale per group: b + 16/G bits per element (InnerQ, arXiv 2602.23200, along the
 * inner axis). x [T, D] → q [T, D]; scale [T, D/G] (inner) or [T/G, D] (outer).
 *
 * scale = f16(min(max |x| / m, 65504)), m = 2^(b−1) − 1; a scale that f16 rounds to 0 is stored as 1; q = clamp(round(x / scale), −m, m),
 * true division by the stored scale, ties to even. InnerQ's own code and paper disagree on the range (−m or −m − 1); this is
 * −m … m, so that 0 stays 0 and both signs reach their extreme.
 *
 * NaN does not count in the maximum and gets code 0. Beyond ±65504·m, infinities too, an element saturates: it gets code ±m and comes
 * back as ±65504·m, under a scale of 65504 for its group. Error of all others: |x − x̂| ≤ scale/2 + m · max(scale · 2^-11, 2^-25), the
 * second term for the rounding of the scale to f16, whose denormals are multiples of 2^-24.
 */
export const groupSymmetric =
  (options: GroupOptions) =>
  (element: StorageType = f32): Kernel =>
    kernel(
      groupSymmetricName(options),
      builder => {
        const { input, output } = builder
        const { T, D, groups } = groupedSizes(builder, options)
        const m = largestCode(options.bits)
        const type = codeTypes[options.bits]
        const x = input('x', element, [T, D])
        const scaleOf = (largest: Value) => storedScale(withinHalf(largest.div(m)))
        const code = (value: Value, scale: Value) => value.div(scale).round().clamp(-m, m)
        if (options.along === 'inner') {
          const largest = (t: Index, g: Index) => max({ d: groups.at(g) }, d => abs(x(t, d)))
          const scale = output('scale', f16, { t: T, g: groups.count }, (t, g) => scaleOf(largest(t, g)))
          output('q', type, { t: T, d: groups }, (t, d) => code(x(t, d), scale(t, d.group)))
        } else {
          const largest = (g: Index, d: Index) => max({ t: groups.at(g) }, t => abs(x(t, d)))
          const scale = output('scale', f16, { g: groups.count, d: D }, (g, d) => scaleOf(largest(g, d)))
          output('q', type, { t: groups, d: D }, (t, d) => code(x(t, d), scale(t.group, d)))
        }
      },
      `${options.bits}-bit symmetric, groups of ${options.length} along ${options.along === 'inner' ? 'D' : 'T'}: scale = f16(max |x| / ${largestCode(options.bits)}), q = round(x / scale)`,
    )

/** The inverse: x = q · scale. */
export const groupSymmetricDequantize =
  (options: GroupOptions) =>
  (element: StorageType = f32): Kernel =>
    kernel(
      `${groupSymmetricName(options)}_dequantize`,
      builder => {
        const { input, output } = builder
        const { T, D, groups } = groupedSizes(builder, options)
        const q = input('q', codeTypes[options.bits], [T, D])
        if (options.along === 'inner') {
          const scale = input('scale', f16, [T, groups.count])
          output('x', element, { t: T, d: groups }, (t, d) => q(t, d).toF32().mul(scale(t, d.group)))
        } else {
          const scale = input('scale', f16, [groups.count, D])
          output('x', element, { t: groups, d: D }, (t, d) => q(t, d).toF32().mul(scale(t.group, d)))
        }
      },
      `${options.bits}-bit symmetric, groups of ${options.length} along ${options.along === 'inner' ? 'D' : 'T'}, back to floats: x = q · scale`,
    )
