/** What a schedule is: a name, and the steps that it has for a kernel on a target. */
import type { Kernel } from '@qernel/dsl'
import { printSteps } from './step-text.ts'
import type { Step } from './transform.ts'

/** What steps may depend on of a target; a `Target` of `@qernel/codegen` is one. */
export interface ScheduleTarget {
  readonly name: 'wgsl' | 'cuda'
  /** Widths of subgroups that may occur; undefined where lanes cannot exchange values without shared memory. */
  readonly subgroup?: { readonly min: number; readonly max: number }
}

/** What a schedule is asked for. */
export interface ScheduleRequest {
  readonly kernel: Kernel
  /** Without it, steps that every target can run. */
  readonly target?: ScheduleTarget
  /** Sizes fixed at compile time. */
  readonly fixed?: ReadonlyMap<string, number>
  /**
   * What sizes that stay open are known to be multiples of at launch. A schedule that relies on it says so by
   * `predicate(d=assume)`, which is checked there. For CUDA `emit` gives 32 for rows of the float tensor where nobody says otherwise: the host
   * function has other kernels for other sizes.
   */
  readonly multiples?: ReadonlyMap<string, number>
}

/** A schedule: how kernels run. One of the library, of a plug-in, of a benchmark, or written on the command line. */
export interface Schedule {
  readonly name: string
  /** One line: who does what, and how often the data is read. */
  readonly summary: string
  /** The steps; they may well be refused. */
  steps(request: ScheduleRequest): readonly Step[]
}

/** The schedule of these steps, whatever it is asked for; by default the steps themselves, as text, are its name. */
export const fixedSchedule = (steps: readonly Step[], name: string = printSteps(steps)): Schedule => ({
  name,
  summary: 'steps that are written out',
  steps: () => steps,
})

/** Steps one after another; what a condition left out (`rows > 1 && tile({ t: rows })`) is none. */
export const sequence = (...parts: readonly (Step | readonly Step[] | false)[]): readonly Step[] =>
  parts.flatMap(part => (part === false ? [] : part))
