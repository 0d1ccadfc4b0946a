/**
 * How a device computes in cases that WGSL and CUDA leave open. `runtime` probes this when it opens a device, and the compiler chooses the
 * spelling that is exact there, so that results agree bit for bit on every device.
 */
export interface Numerics {
  /**
   * The division that equals IEEE-754 binary32, ties to even.
   * - `native`: `a / b` as it is.
   * - `refined`: `q = a / b`, then one fma correction (NVIDIA through Vulkan, whose fma is fused).
   * - `integer`: long division on the bits; correct on every device, but slow.
   */
  readonly division: 'native' | 'refined' | 'integer'
  /** Whether `x / 127.0` is as exact as a division by a value that the compiler does not know. */
  readonly constantDivisorExact: boolean
  /** Whether `a * b + c` may become one fused operation. */
  readonly contracts: boolean
  /** Whether `(a * 1.1) * 0.3` may become one product, `(a + b) - a` become b, `a * 0` become 0. */
  readonly reassociates: boolean
  /** Whether fma rounds once. If not, it is computed on the bits, which is slow. */
  readonly fusedFma: boolean
  /** WGSL: whether `pack2x16float` rounds correctly to binary16, including overflow, infinities and NaN. False if omitted. */
  readonly packsFloat16?: boolean
  /** WGSL: whether sums round to nearest, ties to even; the language allows either neighbor. False if omitted. */
  readonly sumsToNearest?: boolean
}

/** The languages that kernels are compiled to. Tables with one row per language are records over these names, so that none can miss a new language. */
export const targetNames = ['wgsl', 'cuda'] as const
/** The name of a target language. */
export type TargetName = (typeof targetNames)[number]

/** Whether a text is the name of a target. */
export const isTargetName = (value: unknown): value is TargetName => targetNames.some(name => name === value)

/** The features that generated code may use and the limits that it must keep. Pure data, read from a device or a portable default. */
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
  /** Names of the storage types that are addressed directly. All others are packed in 32-bit words, and one thread stores each word whole. */
  readonly nativeTypes: ReadonlySet<string>
  /** Whether operators take vectors. If not, an operation on a vector becomes one operation per component. */
  readonly vectorArithmetic: boolean
  /**
   * How unrolled loops are written: as copies of their body, or as a loop with `#pragma unroll`, after which the compiler can keep
   * private arrays in registers.
   */
  readonly unrollLoops: 'copies' | 'pragma'
}
