import type { Kernel } from '@qernel/dsl'
import type { Step } from '@qernel/schedule'
import type { TracedKernel } from '../launch/compiled-kernel.ts'
import type { Pipeline } from '../passes/pipeline.ts'
import type { Target } from './target.ts'

/** Options for compiling a kernel. */
export interface CompileOptions {
  /** Sizes fixed at compile time; the others are bound at launch. */
  readonly fixed?: ReadonlyMap<string, number>
  /** The device to compile for; by default the portable target of the back end. */
  readonly target?: Target
  /** How to divide floats in a file that is not made for a particular device. WGSL only, since division in CUDA is always exact. */
  readonly division?: Target['numerics']['division']
  /**
   * Whether the code supports more workgroups along a dimension than the device launches, if a launch-time size requires them. This costs
   * one or two divisions per thread. Grids whose length is known at compile time do not need the option. Default false.
   */
  readonly folds?: boolean
  /**
   * Whether a CUDA file contains fallback kernels, which its host function launches for sizes and pointers that the scheduled kernels
   * cannot handle. Default true. A `LaunchPlan` rejects such arguments, so callers that use one can save compile time with false.
   */
  readonly fallback?: boolean
  /** Whether a refusal lists alternatives, each of which is tried (default true). */
  readonly alternatives?: boolean
  /** A name for the schedule, for the header of the file. */
  readonly scheduleName?: string
  /** Anything else that is needed to regenerate the file, such as the element type of a library's kernel. It is written into the header. */
  readonly recipe?: Readonly<Record<string, string | number | readonly string[]>>
}

/** A back end turns a definition and a schedule into one source file. It is pure, and deterministic to the byte. */
export interface BackEnd extends Pipeline {
  /**
   * @throws ScheduleRefusal at a step that does not apply
   * @throws LoweringError for a fault that no schedule step could have refused (a limit of the target)
   */
  compile(kernel: Kernel, steps: readonly Step[], options?: CompileOptions): TracedKernel
}

/** The target cannot run the kernel. The message names the limit or feature, and a way out. */
export class LoweringError extends Error {
  override readonly name = 'LoweringError'
}
