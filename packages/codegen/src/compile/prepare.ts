import type { Kernel } from '@qernel/dsl'
import type { ScheduledKernel, Step } from '@qernel/schedule'
import { lower, scheduleFor } from '../lower/lower.ts'
import { type FinishedKernel, type FinishOptions, finish, type Pipeline } from '../passes/pipeline.ts'
import type { CompileOptions } from './back-end.ts'
import type { TargetName } from './target.ts'

/** A scheduled kernel together with its finished program, which can be printed or simulated. */
export interface PreparedKernel<Name extends TargetName = TargetName> {
  readonly scheduled: ScheduledKernel
  readonly finished: FinishedKernel<Name>
}

/**
 * Schedules, lowers and finishes a definition, which is everything that a back end does before it prints.
 *
 * @param target by default the portable target of the back end
 * @throws as `BackEnd.compile`; InvalidProgramError if `verify` is set and a program is invalid
 */
export function prepare<Name extends TargetName>(
  pipeline: Pipeline<Name>,
  kernel: Kernel,
  steps: readonly Step[],
  options: Pick<CompileOptions, 'target' | 'fixed' | 'folds' | 'alternatives'> & FinishOptions = {},
): PreparedKernel<Name> {
  const target = options.target ?? pipeline.portableTarget
  const scheduled = scheduleFor(kernel, steps, target, options)
  return { scheduled, finished: finish(pipeline, lower(scheduled, target, options), target, options) }
}
