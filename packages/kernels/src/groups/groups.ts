/** Shared by the group-wise families: the layout of groups, their names, and parameters in the range of f16. */
import { f16, type Groups, type KernelBuilder, type SizeHandle, type Value } from '@qernel/dsl'

/** Widths of codes in groups. */
export type Bits = 8 | 4 | 3 | 2

/** `inner`: groups of neighbouring channels of one token (axis D). `outer`: groups of consecutive tokens of one channel (T). */
export type GroupAxis = 'inner' | 'outer'

/** The options of a group-wise kernel: bits, group length, axis, element type. */
export interface GroupOptions {
  readonly bits: Bits
  /** Elements of a group; the grouped axis is a multiple of it. */
  readonly length: number
  readonly along: GroupAxis
}

/** The sizes of x [T, D] and the groups of one of them, which divide it. */
export function groupedSizes(
  { size }: KernelBuilder,
  { length, along }: GroupOptions,
): { readonly T: SizeHandle; readonly D: SizeHandle; readonly groups: Groups } {
  const T = size('T', along === 'outer' ? { multipleOf: length } : {})
  const D = size('D', along === 'inner' ? { multipleOf: length } : {})
  return { T, D, groups: (along === 'inner' ? D : T).groups(length) }
}

/** The largest finite f16: a zero or a scale above it would be stored as an infinity and ruin its whole group. */
export const largestHalf = 65504

/** A parameter clamped to the range of f16; infinities are clamped like all other values. */
export const withinHalf = (parameter: Value): Value => parameter.clamp(-largestHalf, largestHalf)

/** A scale as stored in f16; 1 if it would be 0 (a constant group) or negative (a group that is all NaN). */
export const storedScale = (scale: Value): Value => {
  const narrow = scale.narrow(f16)
  return narrow.gt(0).select(narrow, 1)
}
