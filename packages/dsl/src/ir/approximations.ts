/** The operations that devices do not round correctly, and how far off each language lets them be. */

/**
 * How far a result may lie from the real number, in units in the last place of that number: `ulp + ulpPerMagnitude · |a|`; or, for operands
 * from `from` to `to`, in `absolute` terms. 0 is correctly rounded.
 */
export interface Accuracy {
  readonly ulp: number
  readonly ulpPerMagnitude?: number
  readonly absolute?: { readonly error: number; readonly from: number; readonly to: number }
  /** Whether the result is unspecified if an operand or the result is not finite. */
  readonly finiteOnly?: true
  /** Whether a zero may come out with either sign. */
  readonly openSignOfZero?: true
}

/** A function of real numbers whose results increase with its operand. */
interface RealFunction {
  /** In binary64, whose own error is far below any allowed one. */
  readonly of: (x: number) => number
  readonly inverse: (y: number) => number
  /** The smallest possible result. */
  readonly least: number
}

/** What an operation approximates, and how accurately in each language. */
export interface Approximation extends RealFunction {
  readonly meaning: string
  readonly wgsl: Accuracy
  readonly cuda: Accuracy
}

/**
 * Operations that devices do not round correctly. WGSL: W3C, WebGPU Shading Language, "Floating Point Accuracy". `sqrt` is inherited from
 * 1.0 / inverseSqrt(x): 2 ULP of the reciprocal root are at most 4 of the root, and the division adds 2.5; a reciprocal of a reciprocal may lose the
 * sign of a zero; an implementation may assume that there are no infinities and NaN. CUDA: NVIDIA, CUDA C++ Programming Guide, "Mathematical
 * Functions": 2 ULP (`expf`, 1 in later editions, and `exp2f`) and 1 ULP (`log2f`) from the correctly rounded result, which is another half away from
 * the real number; `__fsqrt_rn` is correctly rounded. Measured over all floats on an H200, `expf` of CUDA 13.0 is at most 1.93 ULP from the real number.
 */
export const approximations = {
  sqrt: {
    meaning: '√a',
    of: Math.sqrt,
    // The inverse of −0 is −0, below which the root is NaN.
    inverse: y => y * Math.abs(y),
    least: -0,
    wgsl: { ulp: 6.5, finiteOnly: true, openSignOfZero: true },
    cuda: { ulp: 0 },
  },
  exp: {
    meaning: 'e^a',
    of: Math.exp,
    inverse: Math.log,
    least: 0,
    wgsl: { ulp: 3, ulpPerMagnitude: 2, finiteOnly: true },
    cuda: { ulp: 2.5 },
  },
  exp2: {
    meaning: '2^a',
    of: x => 2 ** x,
    inverse: Math.log2,
    least: 0,
    wgsl: { ulp: 3, ulpPerMagnitude: 2, finiteOnly: true },
    cuda: { ulp: 2.5 },
  },
  log2: {
    meaning: 'log₂ a',
    of: Math.log2,
    inverse: y => 2 ** y,
    least: -Infinity,
    wgsl: { ulp: 3, absolute: { error: 2 ** -21, from: 0.5, to: 2 }, finiteOnly: true },
    cuda: { ulp: 1.5 },
  },
} satisfies Readonly<Record<string, Approximation>>

/** An operation that devices do not round correctly. */
export type ApproximateOperation = keyof typeof approximations
/** Every operation that devices do not round correctly, by name. */
export const approximateOperations = Object.keys(approximations) as readonly ApproximateOperation[]
