/** Two 4-bit codes in one byte, as llama.cpp and LMDeploy store them. */
import { saturate, toF32, u4, u8, wrap } from '@qernel/dsl/source'

/**
 * The byte of two rounded codes. They are first converted to integers, NaN to code 0, and then joined: joined as floats, a NaN in one code would
 * affect the other.
 */
export const byteOfNibbles = (low: number, high: number) => wrap(saturate(low, u4) | (saturate(high, u4) << 4), u8)

/** The code of one half of a byte, 0 for the low one. */
export const nibbleOf = (byte: number, half: number) => toF32(half === 0 ? byte & 15 : byte >>> 4)
