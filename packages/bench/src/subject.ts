/** What is measured, and how often. */
import type { Target } from '@qernel/codegen'
import type { Kernel } from '@qernel/dsl'
import type { Step } from '@qernel/schedule'

/** A schedule to measure: its steps may depend on the target, and on the sizes that are fixed. */
export interface Contender {
  readonly name: string
  steps(target: Target, fixed: ReadonlyMap<string, number>): readonly Step[]
}

export interface Subject {
  readonly kernel: Kernel
  /** The float tensor: what is wide in the mix. */
  readonly wide: string
  /** Every size. */
  readonly sizes: ReadonlyMap<string, number>
  /** The size that is given at launch, so that arrays can be cut along it; the others are constants of the code. */
  readonly open: string
  readonly schedules: readonly Contender[]
}

export interface BenchOptions {
  /** Turns that each schedule takes. */
  readonly rounds: number
  /** Launches a turn. */
  readonly repeats: number
  /** Launches before anything is measured. */
  readonly warmup: number
  /** Arrays of fewer bytes are used in turn with copies of themselves, so that none is in a cache. */
  readonly rotateBytes: number
  /** Whether results are downloaded for a digest, so that devices can be compared. Default true. */
  readonly digest?: boolean
  readonly progress?: (line: string) => void
}

/** How the results of a schedule were checked, in the launches that were timed last. */
export interface Verification {
  /** Every output word against the reference on the device. */
  readonly words: number
  readonly different: number
}
