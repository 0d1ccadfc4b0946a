/** The arithmetic of asymmetric groups, which KIVI shares: one f16 scale and one f16 zero point per group. */
import {
  clamp,
  f16,
  type KernelBuilder,
  max,
  min,
  round,
  type StorageType,
  toF32,
  u2,
  u3,
  u4,
  u8,
} from '@qernel/dsl/source'
import { type Bits, type GroupAxis, groupedSizes, storedScale, withinHalf } from './groups.ts'

export const codeTypes = { 8: u8, 4: u4, 3: u3, 2: u2 }

type Layout = { bits: Bits; group: number; along: GroupAxis }
/** `clamps`: whether zero and scale are clamped to the range of f16; otherwise they may be infinite. */
type Quantizer = Layout & { clamps: boolean }

export const quantize = (builder: KernelBuilder, { bits, group, along, clamps }: Quantizer, element: StorageType) => {
  const { input, output } = builder
  const { T, D, groups } = groupedSizes(builder, group, along)
  const type = codeTypes[bits]
  const m = 2 ** bits - 1
  const x = input('x', element, [T, D])
  const within = (value: number) => (clamps ? withinHalf(value) : value)
  const scaleOf = (low: number, high: number) => storedScale(within((high - within(low)) / m))
  // If all elements are NaN, the minimum is above the maximum.
  const zeroOf = (low: number, high: number) => (low <= high ? within(low) : 0)
  const code = (value: number, zero: number, scale: number) => clamp(round((value - zero) / scale), 0, m)
  if (along === 'inner') {
    const low = (t: number, g: number) => min({ d: groups.at(g) }, d => x(t, d))
    const high = (t: number, g: number) => max({ d: groups.at(g) }, d => x(t, d))
    const zero = output('zero', f16, { t: T, g: groups.count }, (t, g) => zeroOf(low(t, g), high(t, g)))
    const scale = output('scale', f16, { t: T, g: groups.count }, (t, g) => scaleOf(low(t, g), high(t, g)))
    output('q', type, { t: T, d: groups }, (t, d) => code(x(t, d), zero(t, groups.of(d)), scale(t, groups.of(d))))
  } else {
    const low = (g: number, d: number) => min({ t: groups.at(g) }, t => x(t, d))
    const high = (g: number, d: number) => max({ t: groups.at(g) }, t => x(t, d))
    const zero = output('zero', f16, { g: groups.count, d: D }, (g, d) => zeroOf(low(g, d), high(g, d)))
    const scale = output('scale', f16, { g: groups.count, d: D }, (g, d) => scaleOf(low(g, d), high(g, d)))
    output('q', type, { t: groups, d: D }, (t, d) => code(x(t, d), zero(groups.of(t), d), scale(groups.of(t), d)))
  }
}

/** The inverse: x = q · scale + zero, rounded after the product and after the sum. */
export const dequantize = (builder: KernelBuilder, { bits, group, along }: Layout, element: StorageType) => {
  const { input, output } = builder
  const { T, D, groups } = groupedSizes(builder, group, along)
  const q = input('q', codeTypes[bits], [T, D])
  if (along === 'inner') {
    const zero = input('zero', f16, [T, groups.count])
    const scale = input('scale', f16, [T, groups.count])
    output('x', element, { t: T, d: groups }, (t, d) => toF32(q(t, d)) * scale(t, groups.of(d)) + zero(t, groups.of(d)))
  } else {
    const zero = input('zero', f16, [groups.count, D])
    const scale = input('scale', f16, [groups.count, D])
    output('x', element, { t: groups, d: D }, (t, d) => toF32(q(t, d)) * scale(groups.of(t), d) + zero(groups.of(t), d))
  }
}
