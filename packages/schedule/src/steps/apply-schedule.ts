import type { Kernel } from '@qernel/dsl'
import { checkFacts } from '@qernel/dsl/internal'
import { cachesOfResults, partWordGroups } from '../legality/meeting-words.ts'
import { ScheduleRefusal } from '../legality/refusal.ts'
import { first, instead, refuseUnrunnable } from '../legality/refuse-unrunnable.ts'
import { type DeviceLimits, findUnrunnable } from '../legality/unrunnable.ts'
import type { NativeTypes } from '../legality/whole-words.ts'
import { defaultNest } from '../nest/default-nest.ts'
import { runSteps } from './apply-steps.ts'
import type { ScheduledKernel } from './scheduled-kernel.ts'
import { printSteps } from './step-text.ts'
import type { Step } from './transform.ts'
import { applyWithWholeWords } from './whole-word-repairs.ts'

/** Options for applying a schedule. */
export interface ScheduleOptions {
  /** Sizes fixed at compile time. */
  readonly fixed?: ReadonlyMap<string, number>
  /** Storage types that the target addresses directly; if absent, words need no owner. */
  readonly nativeTypes?: NativeTypes
  /** Whether the target has subgroup operations; unknown without a target. */
  readonly hasSubgroups?: boolean
  /** The limits of the target for a workgroup. If given, the schedule counts as complete and is refused if it could not run. */
  readonly limits?: DeviceLimits
  /** Whether a refusal lists alternatives, each of which is tried (default true). A caller that only asks whether steps apply saves that time. */
  readonly alternatives?: boolean
}

/**
 * Applies steps to the default nest of a kernel. The nest is validated after each step.
 *
 * @throws ScheduleRefusal with the refusal as data, at the first step that does not apply
 * @throws InputError if a fixed size is invalid, or breaks a fact that the kernel declares
 */
export function applySchedule(kernel: Kernel, steps: readonly Step[], options: ScheduleOptions = {}): ScheduledKernel {
  const applying = scheduling(kernel, steps, options)
  for (;;) {
    const { done, value } = applying.next()
    if (done) return value
  }
}

/**
 * What `applySchedule` does, with a pause before each trial of an alternative: a program that waits for input can look for it there, or give up.
 *
 * @throws as `applySchedule`
 */
export function* scheduling(
  kernel: Kernel,
  steps: readonly Step[],
  options: ScheduleOptions = {},
): Generator<void, ScheduledKernel> {
  checkFacts(kernel, options.fixed ?? new Map())
  const { limits, alternatives = true } = options
  try {
    const scheduled = applyWhole(kernel, steps, options)
    if (limits !== undefined)
      yield* refuseUnrunnable(scheduled, limits, other => alternatives && isApplicable(kernel, other, options))
    return scheduled
  } catch (error) {
    if (!alternatives || !(error instanceof ScheduleRefusal) || error.refusal.code !== 'word-split') throw error
    throw yield* withWaysOut(error, kernel, steps, options)
  }
}

/** Adds alternatives for shared words: collecting their elements in shared memory first, or another number that gives threads whole words. */
function* withWaysOut(
  error: ScheduleRefusal,
  kernel: Kernel,
  steps: readonly Step[],
  options: ScheduleOptions,
): Generator<void, ScheduleRefusal> {
  if (options.nativeTypes === undefined || error.step !== steps.length) return error
  const caches = cachesOfResults(error.nest, options.nativeTypes)
  const choices = (caches.length > 1 ? [...caches.map(one => [one]), caches] : [caches]).filter(some => some.length > 0)
  const wanted = yield* first(choices, some => isApplicable(kernel, [...steps, ...some], options))
  const others: string[] = wanted === undefined ? [] : [printSteps(wanted)]
  if (wanted === undefined && partWordGroups(kernel, options.nativeTypes).size > 0)
    for (const [position, step] of steps.entries())
      others.push(...(yield* instead(step, other => isApplicable(kernel, steps.with(position, other), options))))
  if (others.length === 0) return error
  const refusal = { ...error.refusal, alternatives: [...error.refusal.alternatives, ...others] }
  return new ScheduleRefusal(refusal, error.step, error.stepText, error.nest)
}

function isApplicable(kernel: Kernel, steps: readonly Step[], options: ScheduleOptions): boolean {
  try {
    const { nest } = applyWhole(kernel, steps, { ...options, alternatives: false })
    return options.limits === undefined || findUnrunnable(nest, options.limits) === undefined
  } catch (error) {
    if (error instanceof ScheduleRefusal) return false
    throw error
  }
}

/** The steps, with added ones before or after that give each packed word of the target one owner. */
function applyWhole(kernel: Kernel, steps: readonly Step[], options: ScheduleOptions): ScheduledKernel {
  const { fixed, nativeTypes, hasSubgroups, limits } = options
  const start = defaultNest(kernel, fixed)
  const run = (inFront: readonly Step[], behind: readonly Step[] = []): ScheduledKernel => {
    // Only a refusal of the author's steps alone is shown with its alternatives.
    const alternatives = inFront.length + behind.length === 0 && options.alternatives !== false
    return {
      kernel,
      steps,
      repairs: inFront,
      repairsBehind: behind,
      ...runSteps(start, [...inFront, ...steps, ...behind], inFront.length, hasSubgroups, alternatives),
    }
  }
  return nativeTypes === undefined ? run([]) : applyWithWholeWords({ kernel, start, steps, nativeTypes, limits, run })
}
