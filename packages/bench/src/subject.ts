/** What is measured, and how often. */
import type { Kernel } from '@qernel/dsl'
import type { Schedule, Step } from '@qernel/schedule'
import type { ReferenceResult, ResultRow, ScheduleResult } from './results.ts'

/** What is measured: a kernel at given sizes, with its schedules. */
export interface Subject {
  readonly kernel: Kernel
  /** The float tensor: what is wide in the mix. */
  readonly wide: string
  /** Every size. */
  readonly sizes: ReadonlyMap<string, number>
  /** The size that is given at launch, so that arrays can be cut along it; the others are constants of the code. */
  readonly open: string
  readonly schedules: readonly Schedule[]
}

/** What decides how much a measurement is worth: results of other settings are others. */
export interface BenchSettings {
  /** Turns that each schedule takes. */
  readonly rounds: number
  /** Launches per turn. */
  readonly repeats: number
  /** Launches before anything is measured. */
  readonly warmup: number
  /** Arrays of fewer bytes are used in turn with copies of themselves, so that none is in a cache. */
  readonly rotateBytes: number
}

/** How schedules are measured, and what is told while they are. */
export interface BenchOptions extends BenchSettings {
  /** Whether results are downloaded for a digest, so that devices can be compared. Default true. */
  readonly digest?: boolean
  /** What is known already of a schedule that comes to this code: it is not measured again. */
  readonly known?: (steps: readonly Step[], code: string) => ResultRow | undefined
  /** Told every result that is not `known` as soon as it is there. */
  readonly onResult?: (result: ScheduleResult, reference: ReferenceResult | undefined) => void
  /** Whether a schedule may end the process itself: those are measured last, each in a batch of its own. */
  readonly isSuspect?: (steps: readonly Step[], code: string) => boolean
  /** Told which schedules are about to take turns; what it returns is called when they have, or were stopped. */
  readonly onBatch?: (schedules: readonly { readonly steps: readonly Step[]; readonly code: string }[]) => () => void
  /** Asked before every turn and every schedule. Where it says yes, what is complete is returned. */
  readonly shouldStop?: () => boolean
  readonly onProgress?: (progress: BenchProgress) => void
}

/** How far a benchmark is. */
export interface BenchProgress {
  /** Schedules that there is a result of, and all of them. */
  readonly done: number
  readonly total: number
  /** What happens: the schedules that take turns, and which turn it is from 1 on. */
  readonly batch: number
  readonly round: number
  readonly rounds: number
}
