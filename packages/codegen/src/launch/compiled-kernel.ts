import type { Extent, LoopId, StorageType } from '@qernel/dsl'
import type { TargetName } from '../compile/target.ts'

/** An extent that may depend on a launch-time size: `times · ceil(size / dividedBy) + plus`, or a plain number. */
export type LaunchExtent = Extent

/** One array of a kernel. The caller provides inputs and outputs; the runtime provides temporaries. */
export interface ArrayParameter {
  readonly name: string
  readonly role: 'input' | 'output' | 'temporary'
  readonly type: StorageType
  /** Logical shape, outermost first: a size name or one number per axis. The last axis is contiguous. */
  readonly shape: readonly LaunchExtent[]
  /** Rows (the last axis) are padded to a multiple of this many bytes: at least 4 for packed types, 1 for types that the target addresses directly. */
  readonly rowAlignment: number
  /** WGSL: `@binding` in group 0. CUDA: position in the argument list. */
  readonly binding: number
  /** Arrays with 'read' are bound read-only. */
  readonly access: 'read' | 'read_write'
  /** The whole array is padded to a multiple of this many bytes (16 if it is declared as vec4). */
  readonly sizeAlignment: number
}

/** A size known at launch. Fixed sizes are not here: they are constants in the source. */
export interface SizeParameter {
  readonly name: string
}

/** A fact about a size that the generated code relies on. It is checked before every launch. */
export interface SizeRequirement {
  readonly size: string
  readonly multipleOf?: number
  readonly equals?: number
  readonly atMost?: number
  /** Set if a step of the schedule made the requirement, not the definition; other schedules may not need it. */
  readonly isAssumed?: true
  /** The origin of the requirement in words: "declared by the kernel", "assumed by step 3: predicate(d=assume)". */
  readonly because: string
}

/** One dispatch. Its grid is empty (nothing runs) when an extent is 0. */
export interface Launch {
  readonly entry: string
  readonly workgroup: readonly [x: number, y: number, z: number]
  readonly grid: readonly [x: LaunchExtent, y: LaunchExtent, z: LaunchExtent]
  /**
   * For a folded grid, the number of workgroups per row. All x · y · z workgroups are numbered and launched as rows along x, with as
   * many rows along y as necessary; the code skips the surplus workgroups of the last row.
   */
  readonly gridWidth?: number
  /** Names of the arrays that this entry reads or writes. */
  readonly arrays: readonly string[]
  /** Shared memory of one workgroup, bytes. */
  readonly sharedBytes: number
  /**
   * The sizes along which the dispatch may run in parts, if an array is too large for a binding or a grid too long, and the reasons against other
   * sizes.
   */
  readonly splits?: readonly LaunchSplit[]
}

/** A size along which a dispatch may run in parts of rows. Each part runs as if the size were the number of its rows. */
export interface RowSplit {
  readonly size: string
  /** The number of rows of each part except the last is a multiple of this. */
  readonly multipleOf: number
  /** The arrays whose first axis is cut to the part. All others stay whole. */
  readonly arrays: readonly string[]
}

/** A size along which a dispatch may run in parts, or a size along which it may not, with the reason. */
export type LaunchSplit = RowSplit | { readonly size: string; readonly because: string }

/**
 * Neighbouring lines of a source, and the loops of the scheduled nest that they come from: loops that a thread runs, whether counted, copied out or lanes of a
 * vector, around these lines; and loops that workgroups or threads run whose index these lines mention.
 */
export interface LoopLines {
  /** The first line, from 1. */
  readonly from: number
  /** The last line. */
  readonly to: number
  readonly loops: readonly LoopId[]
}

/**
 * The result of a back end: one source file and everything needed to launch it.
 * WGSL: arrays are bindings of group 0; the uniform buffer at binding `arrays.length` holds one u32 per size, in the order of
 * `sizes`, then one u32 that is always 0 (`zero`), padded to a multiple of 16 bytes.
 */
export interface CompiledKernel {
  readonly kernel: string
  readonly target: TargetName
  readonly source: string
  readonly arrays: readonly ArrayParameter[]
  readonly sizes: readonly SizeParameter[]
  readonly requires: readonly SizeRequirement[]
  readonly launches: readonly Launch[]
}

/** What a back end makes: besides what a launch needs, where the lines of the source come from. */
export interface TracedKernel extends CompiledKernel {
  /** The lines of the scheduled kernels in the source that come from loops of the nest, in order. */
  readonly loopLines: readonly LoopLines[]
}
