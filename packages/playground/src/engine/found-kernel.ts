import type { Kernel } from '@qernel/dsl'
import type { Schedule } from '@qernel/schedule'
import type { TextFacts } from '../protocol.ts'

/** A definition, and the schedules that were written for it. */
export interface FoundKernel {
  readonly kernel: Kernel
  readonly schedules: readonly Schedule[]
  readonly text?: TextFacts
}
