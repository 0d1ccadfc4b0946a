import type { Kernel } from '@qernel/dsl'
import type { Step } from '@qernel/schedule'
import type { CompiledKernel } from '../launch/compiled-kernel.ts'
import type { Pipeline } from '../passes/pipeline.ts'
import type { Target } from './target.ts'

/** Options of compiling a kernel: target, fixed sizes, division, folded grids. */
export interface CompileOptions {
  /** Sizes fixed at compile time; the others are bound at launch. */
  readonly fixed?: ReadonlyMap<string, number>
  /** The device to compile for; by default the portable target of the back end. */
  readonly target?: Target
  /** The division of a file that is made without a device at hand; WGSL only, since CUDA's is always exact. */
  readonly division?: Target['numerics']['division']
  /**
   * Whether the code runs at any number of workgroups that a size gives, beyond the device's limit along a dimension: it
   * then costs a division or two per thread. Grids whose length is known need no word. Default false.
   */
  readonly folds?: boolean
  /**
   * Whether a CUDA file holds kernels for sizes and pointers that the scheduled ones cannot take, which its host function then
   * launches. Default true; whoever launches by a plan, which refuses such arguments, compiles faster without.
   */
  readonly fallback?: boolean
  /** A name for the schedule, for the header of the file. */
  readonly scheduleName?: string
  /** What else whoever compiles needs to make the file again, such as the element type of a library's kernel: kept in the header. */
  readonly recipe?: Readonly<Record<string, string | number | readonly string[]>>
}

/** A back end turns a definition and a schedule into one source file. It is pure, and deterministic to the byte. */
export interface BackEnd extends Pipeline {
  /**
   * @throws ScheduleRefusal at a step that does not apply
   * @throws LoweringError for what no schedule step could have refused (a limit of the target)
   */
  compile(kernel: Kernel, steps: readonly Step[], options?: CompileOptions): CompiledKernel
}

/** A kernel that the target cannot run. The message names the limit or feature, and what to do. */
export class LoweringError extends Error {
  override readonly name = 'LoweringError'
}
