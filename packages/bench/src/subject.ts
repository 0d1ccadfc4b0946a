/** The subject of a measurement, and how often it is measured. */
import type { Kernel } from '@qernel/dsl'
import type { Schedule, Step } from '@qernel/schedule'
import type { ReferenceResult, ResultRow, ScheduleResult } from './results.ts'

/** The subject of a measurement: a kernel at given sizes, with its schedules. */
export interface Subject {
  readonly kernel: Kernel
  /** The float tensor whose type is named in results. */
  readonly wide: string
  /** Every size. */
  readonly sizes: ReadonlyMap<string, number>
  /** The size that is given at launch, so that arrays can be processed in parts along it; the others are constants of the code. */
  readonly open: string
  readonly schedules: readonly Schedule[]
}

/** The settings that determine the quality of a measurement. Results with different settings are not interchangeable. */
export interface BenchSettings {
  /** Turns that each schedule takes. */
  readonly rounds: number
  /** Launches per turn. */
  readonly repeats: number
  /** Launches before anything is measured. */
  readonly warmup: number
  /** Smaller arrays alternate with copies of themselves, so that none stays in a cache. */
  readonly rotateBytes: number
}

/** How schedules are measured, and the callbacks meanwhile. */
export interface BenchOptions extends BenchSettings {
  /** Whether to download results for a digest that can be compared between devices. Default true. */
  readonly digest?: boolean
  /** Returns the existing result of a schedule with this code, which is then not measured again. */
  readonly known?: (steps: readonly Step[], code: string) => ResultRow | undefined
  /** Called with every result that is not `known`, immediately. */
  readonly onResult?: (result: ScheduleResult, reference: ReferenceResult | undefined) => void
  /** Whether a schedule may crash the process: such schedules are measured last, each in its own batch. */
  readonly isSuspect?: (steps: readonly Step[], code: string) => boolean
  /** Called with the schedules that are about to take turns. It returns a function that is called when they have finished or were stopped. */
  readonly onBatch?: (schedules: readonly { readonly steps: readonly Step[]; readonly code: string }[]) => () => void
  /** Called before a schedule is applied and compiled. If it returns a result, the schedule is not: it is known to take for ever, or to end the process. */
  readonly onPrepare?: (schedule: string) => Pick<ScheduleResult, 'problem' | 'failure'> | undefined
  /** Called before every turn, with the schedule that takes it; without one for the copy kernels. */
  readonly onTurn?: (schedule?: { readonly steps: readonly Step[]; readonly code: string }) => void
  /** Called before every turn and every schedule. If it returns true, the complete results are returned. */
  readonly shouldStop?: () => boolean
  readonly onProgress?: (progress: BenchProgress) => void
}

/** The progress of a benchmark. */
export interface BenchProgress {
  /** The number of schedules with a result, and of all schedules. */
  readonly done: number
  readonly total: number
  /** The current batch: its number of schedules, and the current turn, from 1. */
  readonly batch: number
  readonly round: number
  readonly rounds: number
}
