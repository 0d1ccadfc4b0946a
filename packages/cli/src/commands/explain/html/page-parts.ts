import type { CompiledKernel, Target } from '@qernel/codegen'
import type { Kernel } from '@qernel/dsl'
import type { ScheduledKernel, Variation } from '@qernel/schedule'
import type { NestFacts, Stage } from '@qernel/schedule/internal'

/** Everything that the page shows. */
export interface PageParts {
  readonly kernel: Kernel
  readonly target: Target
  readonly scheduleName: string | undefined
  /** The command that prints the code: `qernel emit …`. */
  readonly command: string
  readonly scheduled: ScheduledKernel
  /** The nest before the first step and after each: its lines, and what the step changed. */
  readonly stages: readonly Stage[]
  readonly sizes: ReadonlyMap<string, number>
  readonly facts: NestFacts
  /** Absent if the schedule cannot run as it is; `problem` says why. */
  readonly compiled: Pick<CompiledKernel, 'source' | 'launches'> | undefined
  readonly problem: string | undefined
  readonly variations: readonly Variation[]
}
