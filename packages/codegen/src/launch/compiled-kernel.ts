import type { Extent, StorageType } from '@qernel/dsl'
import type { TargetName } from '../compile/target.ts'

/** An extent that may depend on a launch-time size: `times · ceil(size / dividedBy) + plus`, or a plain number. */
export type LaunchExtent = Extent

/** One array that the caller (inputs, outputs) or the runtime (temporaries) provides. */
export interface ArrayParameter {
  readonly name: string
  readonly role: 'input' | 'output' | 'temporary'
  readonly type: StorageType
  /** Logical shape, outermost first: a size name or one number per axis. The last axis is contiguous. */
  readonly shape: readonly LaunchExtent[]
  /** Rows (the last axis) are padded to a multiple of this many bytes: 4 in WGSL for sub-word types, 1 where bytes are addressable. */
  readonly rowAlignment: number
  /** WGSL: `@binding` in group 0. CUDA: position in the argument list. */
  readonly binding: number
  /** 'read' arrays are bound read-only. */
  readonly access: 'read' | 'read_write'
  /** The whole array is padded to a multiple of this many bytes (16 where it is declared as vec4). */
  readonly sizeAlignment: number
}

/** A size known at launch. Fixed sizes are not here: they are constants in the source. */
export interface SizeParameter {
  readonly name: string
}

/** A fact about a size that the generated code relies on; checked before every launch. */
export interface SizeRequirement {
  readonly size: string
  readonly multipleOf?: number
  readonly equals?: number
  readonly atMost?: number
  /** A step of the schedule asked for it, not the definition: other schedules do without. */
  readonly isAssumed?: true
  /** Who asked for it, in words: "declared by the kernel", "assumed by step 3: predicate(d=assume)". */
  readonly because: string
}

/** One dispatch. Its grid is empty (nothing runs) when an extent is 0. */
export interface Launch {
  readonly entry: string
  readonly workgroup: readonly [x: number, y: number, z: number]
  readonly grid: readonly [x: LaunchExtent, y: LaunchExtent, z: LaunchExtent]
  /**
   * Where the code numbers its workgroups through: how many a row has. All x · y · z of them are launched as rows along x, with
   * as many rows along y as that takes; the code skips what is too many in the last.
   */
  readonly gridWidth?: number
  /** Names of the arrays that this entry reads or writes. */
  readonly arrays: readonly string[]
  /** Shared memory of one workgroup, bytes. */
  readonly sharedBytes: number
  /** For arrays that no binding holds and grids that are too long: along which sizes the dispatch may run in parts, and why not along others. */
  readonly splits?: readonly LaunchSplit[]
}

/** A size along which a dispatch may run in parts of its rows, each part as if the size were that small. */
export interface RowSplit {
  readonly size: string
  /** Parts have a multiple of so many rows, except for the last. */
  readonly multipleOf: number
  /** The first axis of these is as small as the part; others stay whole. */
  readonly arrays: readonly string[]
}

/** A size along which a dispatch may run in parts, or why it may not. */
export type LaunchSplit = RowSplit | { readonly size: string; readonly because: string }

/**
 * The result of a back end: one source file and everything needed to launch it.
 * WGSL: arrays are bindings of group 0; the uniform buffer at binding `arrays.length` holds one u32 a size, in the order
 * of `sizes`, then one u32 that is always 0 (`zero`), padded to 16 bytes.
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
