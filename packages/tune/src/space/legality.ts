/** Which schedules apply to a kernel on a target: asked before anything is compiled. */
import type { Target } from '@qernel/codegen'
import type { Kernel } from '@qernel/dsl'
import { applySchedule, type ScheduledKernel, type ScheduleOptions, ScheduleRefusal, type Step } from '@qernel/schedule'
import { canBegin, type LaterStep } from '@qernel/schedule/internal'

/** What schedules must apply to. */
export interface Setting {
  readonly kernel: Kernel
  readonly target: Pick<Target, 'nativeTypes' | 'subgroup' | 'limits'>
  /** Sizes that are fixed at compile time. */
  readonly fixed?: ReadonlyMap<string, number>
}

/** Whether steps apply. */
export interface Legality {
  (steps: readonly Step[]): boolean
  /**
   * Whether any schedule that begins with these steps may apply, so that a space leaves out all others at once. If absent, each is asked for by itself.
   *
   * @param later the transforms that follow, with arguments that are not chosen yet; some may be left out
   */
  readonly canBegin?: (steps: readonly Step[], later: readonly LaterStep[]) => boolean
}

const optionsOf = ({ target, fixed }: Setting): ScheduleOptions => ({
  nativeTypes: target.nativeTypes,
  hasSubgroups: target.subgroup !== undefined,
  limits: target.limits,
  alternatives: false,
  ...(fixed !== undefined && { fixed }),
})

/** The scheduled kernel, or the refusal. */
export function applied(setting: Setting, steps: readonly Step[]): ScheduledKernel | ScheduleRefusal {
  try {
    return applySchedule(setting.kernel, steps, optionsOf(setting))
  } catch (error) {
    if (error instanceof ScheduleRefusal) return error
    throw error
  }
}

/** Whether steps apply to the kernel within the limits of the target. A transform that fails otherwise than by refusing does not apply either. */
export function legality(setting: Setting): Legality {
  const options = optionsOf(setting)
  const unlessItFails = (ask: () => boolean): boolean => {
    try {
      return ask()
    } catch {
      return false
    }
  }
  const applies = (steps: readonly Step[]) => unlessItFails(() => !(applied(setting, steps) instanceof ScheduleRefusal))
  return Object.assign(applies, {
    canBegin: (steps: readonly Step[], later: readonly LaterStep[]) =>
      unlessItFails(() => canBegin(setting.kernel, steps, later, options)),
  })
}
