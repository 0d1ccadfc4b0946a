/**
 * How a device computes what WGSL and CUDA leave open. `runtime` probes it once when it opens a device; lowering picks
 * the spelling that is exact there, so that codes agree bit for bit on every device.
 */
export interface Numerics {
  /**
   * The division that equals IEEE-754 binary32, ties to even.
   * - `native`: `a / b` as it is.
   * - `refined`: `q = a / b`, then one fma correction (NVIDIA through Vulkan, whose fma is fused).
   * - `integer`: long division on the bits; right everywhere, slow.
   */
  readonly division: 'native' | 'refined' | 'integer'
  /** Whether `x / 127.0` is as exact as a division by a value the compiler cannot see. */
  readonly constantDivisorExact: boolean
  /** Whether `a * b + c` may become one fused operation. */
  readonly contracts: boolean
  /** Whether `(a * 1.1) * 0.3` may become one product, `(a + b) - a` become b, `a * 0` become 0. */
  readonly reassociates: boolean
  /** Whether fma rounds once. */
  readonly fusedFma: boolean
  /** WGSL: whether `pack2x16float` rounds as binary16 does, overflow, infinities and NaN included. False if omitted. */
  readonly packsFloat16?: boolean
  /** WGSL, which lets a sum round either way: whether it rounds to nearest, ties to even. False if omitted. */
  readonly sumsToNearest?: boolean
}

/** The languages that kernels are compiled to. A table with a row for each is a record of these, so that a new one is not forgotten in any. */
export const targetNames = ['wgsl', 'cuda'] as const
/** The languages that code is printed in. */
export type TargetName = (typeof targetNames)[number]

/** Whether a text is the name of a target. */
export const isTargetName = (value: unknown): value is TargetName => targetNames.some(name => name === value)

/** What a back end may use, and the limits that it must keep. Pure data: read from a device, or a portable default. */
export interface Target {
  readonly name: TargetName
  readonly numerics: Numerics
  readonly limits: {
    readonly workgroupThreads: number
    readonly workgroupSize: readonly [x: number, y: number, z: number]
    readonly workgroupsPerDimension: readonly [x: number, y: number, z: number]
    readonly sharedBytes: number
    readonly storageBuffers: number
    /** Largest byte length of one bound array. */
    readonly bindingBytes: number
  }
  /** Subgroup sizes that the device may run with; undefined where subgroups are not available. */
  readonly subgroup?: { readonly min: number; readonly max: number }
  /** Names of the storage types that are addressed directly; all others are packed in 32-bit words, each stored whole by one invocation. */
  readonly nativeTypes: ReadonlySet<string>
  /** Whether operators take vectors. Where not, lowering spells an operation on a vector as one for each component. */
  readonly vectorArithmetic: boolean
  /**
   * How unrolled loops are written: as copies of their body, or as a loop with `#pragma unroll`, whose private arrays the
   * compiler then keeps in registers.
   */
  readonly unrollLoops: 'copies' | 'pragma'
}
