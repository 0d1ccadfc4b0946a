/** Two 4-bit codes in one byte, as llama.cpp and LMDeploy store them. */
import { type Index, u4, u8, type Value } from '@qernel/dsl'

/**
 * The byte of two rounded codes, each f32. They are first converted to integers, NaN to code 0, and then joined: joined
 * as floats, a NaN in one code would affect the other.
 */
export const byteOfNibbles = (low: Value, high: Value): Value =>
  low.saturate(u4).or(high.saturate(u4).shiftLeft(4)).wrap(u8)

/** The code of one half of a byte, 0 for the low one, as f32. */
export const nibbleOf = (byte: Value, half: Index): Value =>
  half.value().eq(0).select(byte.and(15), byte.shiftRight(4)).toF32()
