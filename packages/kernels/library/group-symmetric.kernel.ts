/** Symmetric codes of 2 to 8 bits in groups, with one f16 scale per group (InnerQ, arXiv 2602.23200, along the inner axis). */
import { abs, clamp, f16, f32, i2, i3, i4, i8, kernel, max, round, type StorageType, toF32 } from '@qernel/dsl/source'
import { type Bits, groupedSizes, storedScale, withinHalf } from './groups.ts'

type Options = { bits?: 8 | 4 | 3 | 2; group?: 32 | 64 | 128; along?: 'inner' | 'outer' }

const codeTypes = { 8: i8, 4: i4, 3: i3, 2: i2 }

/** The codes are −m … m. */
const largestCode = (bits: Bits) => 2 ** (bits - 1) - 1

export const groupSymmetric = ({ bits = 4, group = 32, along = 'inner' }: Options = {}, element: StorageType = f32) =>
  kernel(
    `group_symmetric_${codeTypes[bits].name}_g${group}_${along}`,
    builder => {
      const { input, output } = builder
      const { T, D, groups } = groupedSizes(builder, group, along)
      const type = codeTypes[bits]
      const m = largestCode(bits)
      const x = input('x', element, [T, D])
      const scaleOf = (largest: number) => storedScale(withinHalf(largest / m))
      const code = (value: number, scale: number) => clamp(round(value / scale), -m, m)
      if (along === 'inner') {
        const scale = output('scale', f16, { t: T, g: groups.count }, (t, g) =>
          scaleOf(max({ d: groups.at(g) }, d => abs(x(t, d)))),
        )
        output('q', type, { t: T, d: groups }, (t, d) => code(x(t, d), scale(t, groups.of(d))))
      } else {
        const scale = output('scale', f16, { g: groups.count, d: D }, (g, d) =>
          scaleOf(max({ t: groups.at(g) }, t => abs(x(t, d)))),
        )
        output('q', type, { t: groups, d: D }, (t, d) => code(x(t, d), scale(groups.of(t), d)))
      }
    },
    `${bits}-bit symmetric, groups of ${group} along ${along === 'inner' ? 'D' : 'T'}: scale = f16(max |x| / ${largestCode(bits)}), q = round(x / scale)`,
  )

/** The inverse. */
export const groupSymmetricDequantize = (
  { bits = 4, group = 32, along = 'inner' }: Options = {},
  element: StorageType = f32,
) =>
  kernel(
    `group_symmetric_${codeTypes[bits].name}_g${group}_${along}_dequantize`,
    builder => {
      const { input, output } = builder
      const { T, D, groups } = groupedSizes(builder, group, along)
      const q = input('q', codeTypes[bits], [T, D])
      if (along === 'inner') {
        const scale = input('scale', f16, [T, groups.count])
        output('x', element, { t: T, d: groups }, (t, d) => toF32(q(t, d)) * scale(t, groups.of(d)))
      } else {
        const scale = input('scale', f16, [groups.count, D])
        output('x', element, { t: groups, d: D }, (t, d) => toF32(q(t, d)) * scale(groups.of(t), d))
      }
    },
    `${bits}-bit symmetric, groups of ${group} along ${along === 'inner' ? 'D' : 'T'}, back to floats: x = q · scale`,
  )
