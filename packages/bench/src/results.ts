/** What a measurement comes to: rows of schedules, and the subject that they belong to. */
import type { StorageType } from '@qernel/dsl'
import type { KernelTime } from '@qernel/runtime'
import type { Step } from '@qernel/schedule'
import type { RowCheck } from './arrays/row-check.ts'

/**
 * Why a schedule has no time. `refused`: it does not apply here. `failed`: its code does not compile, or the device refuses or drops its launch.
 * `wrong`: its results differ from the reference. `lost`: the device was lost while it ran. `no-ceiling`: it was faster than what was measured as the
 * most that the memory gives, so that is no ceiling and the ratio is no result.
 */
export type Failure = 'refused' | 'failed' | 'wrong' | 'lost' | 'no-ceiling'

/** The bandwidth that memory reached for a mix of reads and writes, beside the schedules of its batch. */
export interface CeilingResult {
  readonly mix: string
  readonly medianMs: number
  readonly bytes: number
  readonly tbps: number
  readonly shape: { readonly block: number; readonly unroll: number }
}

/** How the results of a schedule were checked, in the launches that were timed last. */
export interface Verification {
  /** Every output word against the reference on the device. */
  readonly words: number
  readonly different: number
  /** Where words differ and may, by the order of a sum or an inexact operation: what the interpreter says of the rows of this schedule itself. */
  readonly rows?: readonly RowCheck[]
}

/** What was measured of one schedule, or why there is no time. */
export interface ScheduleResult {
  readonly schedule: string
  readonly steps: readonly Step[]
  /** Hash of the code and of how it is launched: 16 hexadecimal digits. Absent where there is no code. */
  readonly code?: string
  /** Absent where there is a problem. */
  readonly time?: Pick<KernelTime, 'medianMs' | 'p20' | 'p80' | 'samples'>
  readonly tbps?: number
  /** Of the ceiling of its mix. */
  readonly ratio?: number
  /** The ceiling as it took turns with this schedule. */
  readonly ceiling?: CeilingResult
  readonly verification?: Verification
  /** How many dispatches one launch takes, where arrays are cut. */
  readonly dispatches?: number
  /** Why there is no time, a sentence, */
  readonly problem?: string
  /** and of what kind that is. */
  readonly failure?: Failure
  /** When it was measured, ISO 8601, where an earlier run did: against the ceiling of that run. */
  readonly earlier?: string
}

/** What the words of the results were compared with. */
export interface ReferenceResult {
  readonly schedule: string
  readonly rows: readonly RowCheck[]
  /** SHA-256 of the results, the same on devices that agree; empty where it was not asked for. */
  readonly digest: string
}

/** A schedule with the reference that it was compared with, where it came to be. */
export interface ResultRow {
  readonly result: ScheduleResult
  readonly reference?: ReferenceResult
}

/** What was measured of one kernel at one size. */
export interface SubjectResult {
  readonly kernel: string
  readonly element: StorageType['name']
  readonly sizes: Readonly<Record<string, number>>
  readonly bytes: { readonly reads: number; readonly writes: number }
  /** That of the batch whose ceiling lies in the middle, where schedules are so many that they take turns in several. */
  readonly ceiling?: CeilingResult
  readonly reference?: ReferenceResult
  readonly schedules: readonly ScheduleResult[]
}

/** Something ended a measurement that was no schedule's fault, or was one's that took the device with it: `cause`. */
export class BenchmarkEnded extends Error {
  override readonly name = 'BenchmarkEnded'
  /** What was complete by then. */
  readonly result: SubjectResult

  constructor(result: SubjectResult, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.result = result
  }
}
