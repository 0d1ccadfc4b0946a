/** The functions of kernels that are written with ordinary operators, in float64. Each rounds nothing, except where its purpose is to round. */
import { integerRange, type StorageType } from '../ir/types.ts'
import { codecOf } from '../numbers/codecs.ts'

/** `low` below it, `high` above it, else unchanged; NaN stays NaN. */
export const clamp = (x: number, low: number, high: number): number =>
  // biome-ignore lint/complexity/useMathMinMax: Math.max would lose a −0 that equals `low`.
  x > high ? high : x < low ? low : x

/** Nearest integer, ties to even. (`Math.round` rounds ties up.) */
export function round(x: number): number {
  if (!(Math.abs(x) < 2 ** 52)) return x
  const below = Math.floor(x)
  const isUp = x - below > 0.5 || (x - below === 0.5 && below % 2 !== 0)
  return isUp ? below + 1 : below
}
/** Nearest integer, ties away from zero (C's `roundf`). */
export const roundHalfAway = (x: number): number =>
  Math.abs(x - Math.trunc(x)) >= 0.5 ? Math.trunc(x) + Math.sign(x) : Math.trunc(x)

/** |x|; the same as `Math.abs`. */
export const abs: (x: number) => number = Math.abs
/** The largest integer that is not above x. */
export const floor: (x: number) => number = Math.floor
/** The smallest integer that is not below x. */
export const ceil: (x: number) => number = Math.ceil
/** The integer part of x. */
export const trunc: (x: number) => number = Math.trunc
/** √x */
export const sqrt: (x: number) => number = Math.sqrt
/** e^x */
export const exp: (x: number) => number = Math.exp
/** 2^x */
export const exp2 = (x: number): number => 2 ** x
/** log₂ x */
export const log2: (x: number) => number = Math.log2
/** a × b + c with one rounding. */
export const fma = (a: number, b: number, c: number): number => a * b + c

/** The nearest f32 of an integer. In a kernel, integers and floats do not mix otherwise. */
export const toF32 = (x: number): number => Number(x)
/** The nearest value of an integer type; NaN gives 0. A float must have been rounded first. */
export function saturate(x: number, type: StorageType): number {
  const { low, high } = integerRange(type)
  return Number.isNaN(x) ? 0 : clamp(x, low, high)
}
/** The low bits of an integer, read as another integer type. */
export const wrap = (x: number, type: StorageType): number => codecOf(type).decode(x)
/** The value after a store to a tensor of a float type: rounded to nearest, ties to even. */
export const narrow = (x: number, type: StorageType): number => codecOf(type).decode(codecOf(type).encode(x))
/** The bits of a value in a float type, in the low bits of a u32. */
export const floatBits = (x: number, type: StorageType): number => codecOf(type).encode(x)
/** The value whose bits in a float type are the low bits of x. */
export const bitsFloat = (x: number, type: StorageType): number => codecOf(type).decode(x)
