/** Codes of 4 bits in groups of 32 channels, with a scale and a zero point each (KIVI's arithmetic): eight codes share a word. */
import { clamp, f16, f32, kernel, max, min, round, u4 } from '@qernel/dsl/source'

export const groupsU4 = ({ group = 32 }: { group?: 32 | 64 | 128 } = {}) =>
  kernel(
    'groups_u4',
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D', { multipleOf: group })
      const groups = D.groups(group)
      const x = input('x', f32, [T, D])
      const low = (t: number, g: number) => min({ d: groups.at(g) }, d => x(t, d))
      const high = (t: number, g: number) => max({ d: groups.at(g) }, d => x(t, d))
      const zero = output('zero', f16, { t: T, g: groups.count }, (t, g) => low(t, g))
      const scale = output('scale', f16, { t: T, g: groups.count }, (t, g) => {
        const step = (high(t, g) - low(t, g)) / 15
        return step > 0 ? step : 1
      })
      output('q', u4, { t: T, d: groups }, (t, d) =>
        clamp(round((x(t, d) - zero(t, groups.of(d))) / scale(t, groups.of(d))), 0, 15),
      )
    },
    'asymmetric u4 in groups of channels: zero = min x, scale = (max x − min x) / 15, q = round((x − zero) / scale)',
  )
