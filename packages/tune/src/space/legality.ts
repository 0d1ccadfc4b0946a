/** Which schedules apply to a kernel on a target: asked before anything is compiled. */
import type { Target } from '@qernel/codegen'
import type { Kernel } from '@qernel/dsl'
import { applySchedule, type ScheduledKernel, ScheduleRefusal, type Step } from '@qernel/schedule'

/** What schedules must apply to. */
export interface Setting {
  readonly kernel: Kernel
  readonly target: Pick<Target, 'nativeTypes' | 'subgroup' | 'limits'>
  /** Sizes that are fixed at compile time. */
  readonly fixed?: ReadonlyMap<string, number>
}

/** The scheduled kernel, or the refusal. */
export function applied({ kernel, target, fixed }: Setting, steps: readonly Step[]): ScheduledKernel | ScheduleRefusal {
  try {
    return applySchedule(kernel, steps, {
      nativeTypes: target.nativeTypes,
      hasSubgroups: target.subgroup !== undefined,
      limits: target.limits,
      alternatives: false,
      ...(fixed !== undefined && { fixed }),
    })
  } catch (error) {
    if (error instanceof ScheduleRefusal) return error
    throw error
  }
}

/** Whether steps apply to the kernel within the limits of the target. A transform that fails otherwise than by refusing does not apply either. */
export const legality =
  (setting: Setting) =>
  (steps: readonly Step[]): boolean => {
    try {
      return !(applied(setting, steps) instanceof ScheduleRefusal)
    } catch {
      return false
    }
  }
