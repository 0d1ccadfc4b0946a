import {
  f16,
  f32,
  type Index,
  type Kernel,
  kernel,
  max,
  min,
  type StorageType,
  u2,
  u3,
  u4,
  u8,
  type Value,
} from '@qernel/dsl'
import { type Bits, type GroupOptions, groupedSizes, storedScale, withinHalf } from './groups.ts'

const codeTypes: Readonly<Record<Bits, StorageType>> = { 8: u8, 4: u4, 3: u3, 2: u2 }

/** The name in `qernel list`: `group_asymmetric_u4_g32_inner`. */
export const groupAsymmetricName = ({ bits, length, along }: GroupOptions): string =>
  `group_asymmetric_${codeTypes[bits].name}_g${length}_${along}`

const axisName = ({ along }: GroupOptions): string => (along === 'inner' ? 'D' : 'T')

/** Options for formats defined elsewhere. */
export interface AsymmetricFormat {
  readonly name: string
  /** Whether zero and scale are clamped to the range of f16; otherwise they may be infinite. Default true. */
  readonly clamps?: boolean
}

/**
 * Group-wise asymmetric b-bit codes with an f16 scale and one f16 zero point per group: b + 32/G bits per element. x [T, D] →
 * q [T, D]; zero and scale [T, D/G] (inner) or [T/G, D] (outer).
 *
 * low = min x clamped to ±65504, zero = f16(low), scale = f16(min((max x − low) / m, 65504)), m = 2^b − 1, so that f16 holds both; a
 * scale that f16 rounds to 0 (a constant group) is stored as 1; q = clamp(round((x − zero) / scale), 0, m), with the stored zero
 * and scale, ties to even. This is KIVI's arithmetic (arXiv 2402.02750) with the guards that it lacks.
 *
 * NaN counts neither in the minimum nor in the maximum and gets code 0; a group that is all NaN has zero 0 and scale 1. Below
 * −65504 and above zero + m · 65504, infinities too, an element saturates: it gets code 0 or m and comes back as that. Error of all
 * others: |x − x̂| ≤ scale/2 + m · max(scale · 2^-11, 2^-25) + max(|zero| · 2^-11, 2^-25), the last two terms for the rounding of scale and
 * zero to f16 where a code is clamped.
 */
export const groupAsymmetric =
  (options: GroupOptions, { name, clamps = true }: AsymmetricFormat = { name: groupAsymmetricName(options) }) =>
  (element: StorageType = f32): Kernel =>
    kernel(
      name,
      builder => {
        const { input, output } = builder
        const { T, D, groups } = groupedSizes(builder, options)
        const m = 2 ** options.bits - 1
        const type = codeTypes[options.bits]
        const x = input('x', element, [T, D])
        const within = (value: Value) => (clamps ? withinHalf(value) : value)
        const scaleOf = (low: Value, high: Value) => storedScale(within(high.sub(within(low)).div(m)))
        // If all elements are NaN, the minimum is above the maximum.
        const zeroOf = (low: Value, high: Value) => low.le(high).select(within(low), 0)
        const code = (value: Value, zero: Value, scale: Value) => value.sub(zero).div(scale).round().clamp(0, m)
        if (options.along === 'inner') {
          const low = (t: Index, g: Index) => min({ d: groups.at(g) }, d => x(t, d))
          const high = (t: Index, g: Index) => max({ d: groups.at(g) }, d => x(t, d))
          const zero = output('zero', f16, { t: T, g: groups.count }, (t, g) => zeroOf(low(t, g), high(t, g)))
          const scale = output('scale', f16, { t: T, g: groups.count }, (t, g) => scaleOf(low(t, g), high(t, g)))
          output('q', type, { t: T, d: groups }, (t, d) => code(x(t, d), zero(t, d.group), scale(t, d.group)))
        } else {
          const low = (g: Index, d: Index) => min({ t: groups.at(g) }, t => x(t, d))
          const high = (g: Index, d: Index) => max({ t: groups.at(g) }, t => x(t, d))
          const zero = output('zero', f16, { g: groups.count, d: D }, (g, d) => zeroOf(low(g, d), high(g, d)))
          const scale = output('scale', f16, { g: groups.count, d: D }, (g, d) => scaleOf(low(g, d), high(g, d)))
          output('q', type, { t: groups, d: D }, (t, d) => code(x(t, d), zero(t.group, d), scale(t.group, d)))
        }
      },
      `${options.bits}-bit asymmetric, groups of ${options.length} along ${axisName(options)}: zero = min x, scale = (max x − min x) / ${2 ** options.bits - 1}, q = round((x − zero) / scale)`,
    )

/** The inverse: x = q · scale + zero, rounded after the product and after the sum. */
export const groupAsymmetricDequantize =
  (options: GroupOptions, name = groupAsymmetricName(options)) =>
  (element: StorageType = f32): Kernel =>
    kernel(
      `${name}_dequantize`,
      builder => {
        const { input, output } = builder
        const { T, D, groups } = groupedSizes(builder, options)
        const q = input('q', codeTypes[options.bits], [T, D])
        const dims = options.along === 'inner' ? [T, groups.count] : [groups.count, D]
        const zero = input('zero', f16, dims)
        const scale = input('scale', f16, dims)
        if (options.along === 'inner')
          output('x', element, { t: T, d: groups }, (t, d) =>
            q(t, d).toF32().mul(scale(t, d.group)).add(zero(t, d.group)),
          )
        else
          output('x', element, { t: groups, d: D }, (t, d) =>
            q(t, d).toF32().mul(scale(t.group, d)).add(zero(t.group, d)),
          )
      },
      `${options.bits}-bit asymmetric, groups of ${options.length} along ${axisName(options)}, back to floats: x = q · scale + zero`,
    )
