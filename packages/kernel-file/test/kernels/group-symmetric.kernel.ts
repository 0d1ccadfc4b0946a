import { abs, clamp, f16, f32, i2, i3, i4, i8, kernel, max, narrow, round, type StorageType } from '@qernel/dsl/source'

const codeTypes = { 8: i8, 4: i4, 3: i3, 2: i2 } as const
const largestHalf = 65504

/** A scale as stored in f16; 1 if it would be 0 (a constant group) or negative (a group that is all NaN). */
function storedScale(scale: number) {
  const stored = narrow(clamp(scale, -largestHalf, largestHalf), f16)
  return stored > 0 ? stored : 1
}

type Options = { bits?: 8 | 4 | 3 | 2; group?: 32 | 64 | 128 }

export const groupSymmetric = ({ bits = 4, group = 32 }: Options = {}, element: StorageType = f32) =>
  kernel(`group_symmetric_${codeTypes[bits].name}_g${group}_inner`, ({ size, input, output }) => {
    const T = size('T')
    const D = size('D', { multipleOf: group })
    const groups = D.groups(group)
    const m = 2 ** (bits - 1) - 1
    const x = input('x', element, [T, D])
    const largest = (t: number, g: number) => max({ d: groups.at(g) }, d => abs(x(t, d)))
    const scale = output('scale', f16, { t: T, g: groups.count }, (t, g) => storedScale(largest(t, g) / m))
    output('q', codeTypes[bits], { t: T, d: groups }, (t, d) => clamp(round(x(t, d) / scale(t, groups.of(d))), -m, m))
  })
