/** The number of tested operands whose result differs from IEEE-754 binary32, and the number tested. */
export interface Mismatches {
  readonly mismatches: number
  readonly of: number
}

/** Mismatches of a division, with a separate count of those that only a device that keeps denormals could get right. */
export interface DivisionMismatches extends Mismatches {
  /** The number of mismatches with a denormal operand or quotient, or with the quotient 2^-126, which may be rounded up from a denormal. */
  readonly denormal: number
}

/** The measured behavior of a device in cases that WGSL and CUDA leave open. */
export interface NumericsProfile {
  readonly division: {
    /** `a / b` for values that the compiler does not know. */
    readonly native: DivisionMismatches
    /** With an fma correction; absent if it was not tried because `native` is exact. */
    readonly refined?: DivisionMismatches
    /** By integer long division; absent if it was not tried. */
    readonly integer?: DivisionMismatches
    /** `x / 127.0` and other literal divisors. */
    readonly constantDivisor: Mismatches
  }
  /** Whether `fma` rounds once. */
  readonly fmaIsFused: boolean
  /** Whether `a * b + c` rounds once, although it is written as two operations. */
  readonly contracts: boolean
  /** Whether chains of operations are rewritten as if floats were real numbers: `(a * 1.1) * 0.3`, `(a + b) - a`, `a * 0`. */
  readonly reassociates: boolean
  /** Whether denormal operands and results are kept instead of flushed to zero. */
  readonly keepsDenormals: boolean
  readonly roundsTiesToEven: boolean
  /** `sqrt(x)`. */
  readonly squareRoot: Mismatches
  /** `pack2x16float`, including overflow, infinities and NaN. WGSL lets a device round either way and does not define overflow. */
  readonly float16Packing: Mismatches
  /** Widening of every finite binary16 value, including denormals. */
  readonly float16Unpacking: Mismatches
  readonly subgroup?: {
    readonly min: number
    readonly max: number
    /** The size that the probe ran with. */
    readonly observed: number
    /** Whether lane `i` of a subgroup is invocation `first + i` of its workgroup. */
    readonly isLinear: boolean
  }
  /** Whether shaders may compute and store f16 natively. */
  readonly hasFloat16: boolean
  /** The greatest common divisor of observed clock differences, in nanoseconds; absent if the device has no timestamps. */
  readonly timestampQuantumNs?: number
}
