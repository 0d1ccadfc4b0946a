/** Results of measurements: rows of schedules, and the subject that they belong to. */
import type { StorageType } from '@qernel/dsl'
import type { KernelTime } from '@qernel/runtime'
import type { Step } from '@qernel/schedule'
import type { RowCheck } from './arrays/row-check.ts'

/**
 * Why a schedule has no time. `refused`: it does not apply here. `failed`: its code does not compile, or the device refuses or drops its launch.
 * `wrong`: its results differ from the reference, or it wrote outside of its arrays. `lost`: the device was lost while it ran. `no-ceiling`: it was faster
 * than the measured ceiling, so the ceiling is wrong and the ratio is meaningless. `timeout`: it was still compiling or running at its deadline.
 */
export type Failure = 'refused' | 'failed' | 'wrong' | 'lost' | 'timeout' | 'no-ceiling'

/** The bandwidth that memory reached for a mix of reads and writes, beside the schedules of its batch. */
export interface CeilingResult {
  readonly mix: string
  readonly medianMs: number
  readonly bytes: number
  readonly tbps: number
  readonly shape: { readonly block: number; readonly unroll: number }
}

/** How the results of the last timed launches of a schedule were checked. */
export interface Verification {
  /** Every output word against the reference on the device. */
  readonly words: number
  readonly different: number
  /** If words may differ, because of the order of a sum or an inexact operation: the interpreter's check of rows of this schedule. */
  readonly rows?: readonly RowCheck[]
}

/** The measurement of one schedule, or why there is no time. */
export interface ScheduleResult {
  readonly schedule: string
  readonly steps: readonly Step[]
  /** Hash of the code and of how it is launched: 16 hexadecimal digits. Absent if there is no code. */
  readonly code?: string
  /** Absent if there is a problem. */
  readonly time?: Pick<KernelTime, 'medianMs' | 'p20' | 'p80' | 'samples'>
  readonly tbps?: number
  /** The share of the ceiling of its mix. */
  readonly ratio?: number
  /** The ceiling as it took turns with this schedule. */
  readonly ceiling?: CeilingResult
  readonly verification?: Verification
  /** The number of dispatches per launch, if arrays are processed in parts. */
  readonly dispatches?: number
  /** Why there is no time, a sentence, */
  readonly problem?: string
  /** and of what kind that is. */
  readonly failure?: Failure
  /** When an earlier run measured it, ISO 8601: against the ceiling of that run. */
  readonly earlier?: string
}

/** The reference that the results were compared with. */
export interface ReferenceResult {
  readonly schedule: string
  readonly rows: readonly RowCheck[]
  /** SHA-256 of the results, the same on devices that agree; empty if it was not requested. */
  readonly digest: string
}

/** A schedule with the reference that it was compared with, if any. */
export interface ResultRow {
  readonly result: ScheduleResult
  readonly reference?: ReferenceResult
}

/** The measurements of one kernel at one size. */
export interface SubjectResult {
  readonly kernel: string
  readonly element: StorageType['name']
  readonly sizes: Readonly<Record<string, number>>
  readonly bytes: { readonly reads: number; readonly writes: number }
  /** The ceiling; with several batches, the median of theirs. */
  readonly ceiling?: CeilingResult
  readonly reference?: ReferenceResult
  readonly schedules: readonly ScheduleResult[]
}

/** Thrown if a measurement ended through no fault of a schedule, or because a schedule lost the device: see `cause`. */
export class BenchmarkEnded extends Error {
  override readonly name = 'BenchmarkEnded'
  /** The results that were complete by then. */
  readonly result: SubjectResult

  constructor(result: SubjectResult, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.result = result
  }
}
