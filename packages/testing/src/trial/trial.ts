/** A trial: one program and the launches that it is tried on. Plain data, so that it can be made smaller and replayed. */
import type { Kernel } from '@qernel/dsl'
import type { Step } from '@qernel/schedule'
import type { ValueClass } from '../random/inputs.ts'

/** One launch: the sizes before a schedule's promises are made true, and where its inputs come from. */
export interface Case {
  readonly sizes: Readonly<Record<string, number>>
  readonly values: ValueClass
  readonly seed: number
}

/** One case as plain data: kernel, steps, sizes, values; what failed is kept and replayed as this. */
export interface Trial {
  readonly kernel: Kernel
  readonly steps: readonly Step[]
  /** Sizes that are fixed at compile time. */
  readonly fixed: Readonly<Record<string, number>>
  readonly cases: readonly Case[]
  /** Which of the simulated targets: see `simulatedMachines`. */
  readonly machine: number
}
