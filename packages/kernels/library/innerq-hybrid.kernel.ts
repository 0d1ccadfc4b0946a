/**
 * InnerQ's hybrid mode (arXiv 2602.23200): each group of 32 channels is quantized both ways, and the closer one is kept. A positive scale says
 * symmetric, a negative one asymmetric.
 */
import {
  abs,
  clamp,
  f16,
  f32,
  i8,
  kernel,
  max,
  min,
  narrow,
  round,
  type StorageType,
  saturate,
  sum,
  toF32,
  u2,
  u3,
  u4,
} from '@qernel/dsl/source'
import { storedScale, withinHalf } from './groups.ts'

type Options = { bits?: 4 | 3 | 2 }

const codeTypes = { 4: u4, 3: u3, 2: u2 }
const length = 32

/** A NaN or an infinity does not affect the choice of mode for its neighbours. */
const errorOf = (value: number, restored: number) => {
  const distance = abs(value - restored)
  return distance < Infinity ? distance : 0
}

export const innerqHybrid = ({ bits = 4 }: Options = {}, element: StorageType = f32) =>
  kernel(
    `innerq_hybrid_u${bits}`,
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D', { multipleOf: length })
      const groups = D.groups(length)
      const m = 2 ** (bits - 1) - 1
      const n = 2 ** bits - 1
      const x = input('x', element, [T, D])
      const low = (t: number, g: number) => withinHalf(min({ d: groups.at(g) }, d => x(t, d)))
      const symmetric = (value: number, scale: number) => clamp(round(value / scale), -m, m)
      const asymmetric = (value: number, scale: number, zero: number) => clamp(round((value - zero) / scale), 0, n)
      const scale = output('scale', f16, { t: T, g: groups.count }, (t, g) => {
        const group = groups.at(g)
        const least = low(t, g)
        const scaleOf = (range: number, steps: number) => storedScale(withinHalf(range / steps))
        const s = scaleOf(
          max({ d: group }, d => abs(x(t, d))),
          m,
        )
        const a = scaleOf(max({ d: group }, d => x(t, d)) - least, n)
        const zero = narrow(least, f16)
        const symmetricError = sum({ d: group }, d => errorOf(x(t, d), symmetric(x(t, d), s) * s))
        const asymmetricError = sum({ d: group }, d => errorOf(x(t, d), asymmetric(x(t, d), a, zero) * a + zero))
        return asymmetricError < symmetricError ? -a : s
      })
      const zero = output('zero', f16, { t: T, g: groups.count }, (t, g) => (scale(t, g) < 0 ? low(t, g) : 0))
      output('q', codeTypes[bits], { t: T, d: groups }, (t, d) => {
        const s = scale(t, groups.of(d))
        // Converted to an integer before the bias is added, so that the 0 from a NaN is biased as well.
        const biased = saturate(symmetric(x(t, d), s), i8) + m
        const other = saturate(asymmetric(x(t, d), abs(s), zero(t, groups.of(d))), i8)
        return s < 0 ? other : biased
      })
    },
    `InnerQ's hybrid ${bits}-bit mode, groups of 32 along D: symmetric or asymmetric, whichever is closer; negative scale: asymmetric`,
  )

/** The inverse. */
export const innerqHybridDequantize = ({ bits = 4 }: Options = {}, element: StorageType = f32) =>
  kernel(
    `innerq_hybrid_u${bits}_dequantize`,
    ({ size, input, output }) => {
      const T = size('T')
      const D = size('D', { multipleOf: length })
      const groups = D.groups(length)
      const q = input('q', codeTypes[bits], [T, D])
      const scale = input('scale', f16, [T, groups.count])
      const zero = input('zero', f16, [T, groups.count])
      output('x', element, { t: T, d: groups }, (t, d) => {
        const s = scale(t, groups.of(d))
        const code = toF32(q(t, d))
        const biased = (code - (2 ** (bits - 1) - 1)) * s
        return s < 0 ? code * abs(s) + zero(t, groups.of(d)) : biased
      })
    },
    `InnerQ's hybrid ${bits}-bit mode, back to floats`,
  )
