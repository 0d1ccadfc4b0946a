/** A schedule: a name, and its steps for a kernel on a target. */
import type { Kernel } from '@qernel/dsl'
import { flatMap } from '@qernel/dsl/internal'
import type { DeviceLimits } from '../legality/unrunnable.ts'
import type { NativeTypes } from '../legality/whole-words.ts'
import { printSteps } from './step-text.ts'
import type { Step } from './transform.ts'

/** The properties of a target that steps may depend on; a `Target` of `@qernel/codegen` has them. */
export interface ScheduleTarget {
  readonly name: 'wgsl' | 'cuda'
  /** Possible subgroup widths; undefined if lanes cannot exchange values without shared memory. */
  readonly subgroup?: { readonly min: number; readonly max: number }
  /** What a workgroup may need, if it is known. */
  readonly limits?: DeviceLimits
  /** Storage types that are addressed directly, if they are known. */
  readonly nativeTypes?: NativeTypes
}

/** The kernel, target and sizes that steps are requested for. */
export interface ScheduleRequest {
  readonly kernel: Kernel
  /** If absent, the steps must run on every target. */
  readonly target?: ScheduleTarget
  /** Sizes fixed at compile time. */
  readonly fixed?: ReadonlyMap<string, number>
  /**
   * Known divisors of sizes that stay open until launch. A schedule that relies on one says so with
   * `predicate(d=assume)`, which is checked at launch. For CUDA, `emit` assumes 32 for rows of the float tensor by
   * default: the host function has other kernels for other sizes.
   */
  readonly multiples?: ReadonlyMap<string, number>
  /** The device, as its driver names it, if it is known: a schedule may have been found to be fast there. */
  readonly device?: string
  /** Values that open sizes are expected to have at launch. Steps must be right for any other. */
  readonly launch?: ReadonlyMap<string, number>
}

/** A schedule: how kernels run. It comes from the library, a plug-in, a benchmark, or the command line. */
export interface Schedule {
  readonly name: string
  /** One line: how the work is divided, and how often the data is read. */
  readonly summary: string
  /** The steps; a kernel may refuse them. */
  steps(request: ScheduleRequest): readonly Step[]
}

/** A schedule with the same steps for every request. Its default name is the text of the steps. */
export const fixedSchedule = (steps: readonly Step[], name: string = printSteps(steps)): Schedule => ({
  name,
  summary: 'steps that are written out',
  steps: () => steps,
})

/** Concatenates steps. A part that a condition has switched off (`rows > 1 && tile({ t: rows })`) is dropped. */
export const sequence = (...parts: readonly (Step | readonly Step[] | false)[]): readonly Step[] =>
  flatMap(parts, part => (part === false ? [] : part))
