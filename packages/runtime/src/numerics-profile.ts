/** How many of the tested operands gave a result that differs from IEEE-754 binary32. */
export interface Mismatches {
  readonly mismatches: number
  readonly of: number
}

/** Mismatches of a division, with a separate count of those that only a device which keeps denormals could get right. */
export interface DivisionMismatches extends Mismatches {
  /** How many of the mismatches have a denormal operand or quotient, or one that rounds up from them. */
  readonly denormal: number
}

/** How a device was measured to behave where WGSL and CUDA leave a choice. */
export interface NumericsProfile {
  readonly division: {
    /** `a / b` by values that the compiler cannot see. */
    readonly native: DivisionMismatches
    /** After an fma correction; absent where it was not tried, since `native` is exact. */
    readonly refined?: DivisionMismatches
    /** By integer long division; absent where it was not tried. */
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
  /** Whether denormal operands and results are kept and not flushed to zero. */
  readonly keepsDenormals: boolean
  readonly roundsTiesToEven: boolean
  /** `sqrt(x)`. */
  readonly squareRoot: Mismatches
  /** `pack2x16float`, overflow, infinities and NaN included. WGSL lets a device round either way and leaves overflow open. */
  readonly float16Packing: Mismatches
  /** Widening every finite binary16 value, denormals included. */
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
  /** Greatest common divisor of observed clock differences, nanoseconds; absent where there are no timestamps. */
  readonly timestampQuantumNs?: number
}
