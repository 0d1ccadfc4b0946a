/** A trial: one program and the launches that it is tried on. Plain data, so that it can be made smaller and replayed. */
import type { Kernel } from '@qernel/dsl'
import type { Step } from '@qernel/schedule'
import type { ValueClass } from '../random/inputs.ts'

/** One launch: the sizes, before they are raised to satisfy the schedule's promises, and the source of its inputs. */
export interface Case {
  readonly sizes: Readonly<Record<string, number>>
  readonly values: ValueClass
  readonly seed: number
}

/** A kernel, steps and cases as plain data, in which failures are stored and replayed. */
export interface Trial {
  readonly kernel: Kernel
  readonly steps: readonly Step[]
  /** Sizes that are fixed at compile time. */
  readonly fixed: Readonly<Record<string, number>>
  readonly cases: readonly Case[]
  /** Which simulated target to use, see `simulatedMachines`. */
  readonly machine: number
}
