/** What all kernels with groups have in common: the layout of groups, and parameters in the range of f16. */
import { clamp, f16, type KernelBuilder, narrow } from '@qernel/dsl/source'

/** Widths of codes. */
export type Bits = 8 | 4 | 3 | 2
/** `inner`: groups of neighbouring channels of one token (axis D). `outer`: groups of consecutive tokens of one channel (axis T). */
export type GroupAxis = 'inner' | 'outer'

/** The sizes of x [T, D], and the groups of one of them, which divide it. */
export const groupedSizes = ({ size }: KernelBuilder, group: number, along: GroupAxis) => {
  const T = size('T', along === 'outer' ? { multipleOf: group } : {})
  const D = size('D', along === 'inner' ? { multipleOf: group } : {})
  return { T, D, groups: (along === 'inner' ? D : T).groups(group) }
}

/** The largest finite f16. A parameter above it would be stored as an infinity and ruin its whole group. */
const largestHalf = 65504
export const withinHalf = (parameter: number) => clamp(parameter, -largestHalf, largestHalf)

/** A scale as stored in f16; 1 if it would be 0 (a constant group) or negative (a group that is all NaN). */
export const storedScale = (scale: number) => {
  const stored = narrow(scale, f16)
  return stored > 0 ? stored : 1
}
