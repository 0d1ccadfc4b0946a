import type { Kernel, Nest } from '@qernel/dsl'
import { checkFacts, nameOfStage } from '@qernel/dsl/internal'
import * as v from 'valibot'
import { cachesOfResults, partWordGroups } from '../legality/meeting-words.ts'
import { isRefusal, refuse, ScheduleRefusal } from '../legality/refusal.ts'
import { instead, refuseUnrunnable } from '../legality/refuse-unrunnable.ts'
import { type DeviceLimits, findUnrunnable } from '../legality/unrunnable.ts'
import { type NativeTypes, ownWords } from '../legality/whole-words.ts'
import { defaultNest } from '../nest/default-nest.ts'
import { runSteps } from './apply-steps.ts'
import { findTransform } from './known-transforms.ts'
import type { ScheduledKernel } from './scheduled-kernel.ts'
import { printStep, printSteps } from './step-text.ts'
import type { Step } from './transform.ts'
import { repairPartWords } from './word-repairs.ts'

/** What a schedule may be applied under. */
export interface ScheduleOptions {
  /** Sizes fixed at compile time. */
  readonly fixed?: ReadonlyMap<string, number>
  /** Storage types that the target addresses directly; without it no word has to be owned. */
  readonly nativeTypes?: NativeTypes
  /** Whether the target has subgroup operations; unknown without a target. */
  readonly hasSubgroups?: boolean
  /** What the target has for a workgroup: with it a schedule is complete, and refused where it could not run. */
  readonly limits?: DeviceLimits
}

/**
 * Applies steps to the default nest of a kernel. The nest is validated after each.
 *
 * @throws ScheduleRefusal with the refusal as data, at the first step that does not apply
 * @throws InputError where a fixed size is none, or breaks a fact that the kernel declares
 */
export function applySchedule(kernel: Kernel, steps: readonly Step[], options: ScheduleOptions = {}): ScheduledKernel {
  checkFacts(kernel, options.fixed ?? new Map())
  try {
    const scheduled = applyOwned(kernel, steps, options)
    const { limits } = options
    if (limits !== undefined) refuseUnrunnable(scheduled, limits, other => isApplicable(kernel, other, options))
    return scheduled
  } catch (error) {
    if (!(error instanceof ScheduleRefusal) || error.refusal.code !== 'word-split') throw error
    throw withWaysOut(error, kernel, steps, options)
  }
}

/** Shared words have one owner where their elements meet in shared memory first, or where another number gives threads whole words. */
function withWaysOut(
  error: ScheduleRefusal,
  kernel: Kernel,
  steps: readonly Step[],
  options: ScheduleOptions,
): ScheduleRefusal {
  if (options.nativeTypes === undefined || error.step !== steps.length) return error
  const caches = cachesOfResults(error.nest, options.nativeTypes)
  const choices = caches.length > 1 ? [...caches.map(one => [one]), caches] : [caches]
  const wanted = choices.find(some => some.length > 0 && isApplicable(kernel, [...steps, ...some], options))
  const inParts = partWordGroups(kernel, options.nativeTypes).size > 0
  const runs = (position: number) => (other: Step) => isApplicable(kernel, steps.with(position, other), options)
  const others =
    wanted !== undefined ? [printSteps(wanted)] : inParts ? steps.flatMap((step, i) => instead(step, runs(i))) : []
  if (others.length === 0) return error
  const refusal = { ...error.refusal, alternatives: [...error.refusal.alternatives, ...others] }
  return new ScheduleRefusal(refusal, error.step, error.stepText, error.nest)
}

function isApplicable(kernel: Kernel, steps: readonly Step[], options: ScheduleOptions): boolean {
  try {
    const { nest } = applyOwned(kernel, steps, options)
    return options.limits === undefined || findUnrunnable(nest, options.limits) === undefined
  } catch (error) {
    if (error instanceof ScheduleRefusal) return false
    throw error
  }
}

/** The steps, with those in front or behind that give each packed word one owner. */
function applyOwned(kernel: Kernel, steps: readonly Step[], options: ScheduleOptions): ScheduledKernel {
  const start = defaultNest(kernel, options.fixed)
  const early = repairEarly(kernel, start, steps, options)
  if (early !== undefined) return early
  const plain = runSteps(start, steps, 0, options.hasSubgroups)
  if (options.nativeTypes === undefined) return { kernel, steps, repairs: [], repairsBehind: [], ...plain }
  const { nativeTypes, limits } = options
  try {
    return applyRepaired(kernel, start, steps, plain, { ...options, nativeTypes })
  } catch (error) {
    if (!(error instanceof ScheduleRefusal)) throw error
    const apply = (all: readonly Step[], inFront: number) => runSteps(start, all, inFront, options.hasSubgroups)
    const repaired = repairPartWords(kernel, steps, plain.nest, { nativeTypes, limits, apply })
    if (repaired === undefined) throw error
    if (isRefusal(repaired))
      throw new ScheduleRefusal(repaired, steps.length, steps.map(printStep).at(-1) ?? 'the default nest', plain.nest)
    return repaired
  }
}

/** The steps behind vectors of whole words, where they do not own the words themselves. */
function applyRepaired(
  kernel: Kernel,
  start: Nest,
  steps: readonly Step[],
  plain: Nested,
  options: ScheduleOptions & { readonly nativeTypes: NativeTypes },
): ScheduledKernel {
  const native = options.nativeTypes
  const repairs = ownWords(plain.nest, native)
  if (isRefusal(repairs))
    throw new ScheduleRefusal(repairs, steps.length, steps.map(printStep).at(-1) ?? 'the default nest', plain.nest)
  if (repairs.length === 0) return { kernel, steps, repairs, repairsBehind: [], ...plain }
  const repaired = runRepaired(start, repairs, steps, plain.nest, options)
  const again = ownWords(repaired.nest, native)
  if (isRefusal(again) || again.length > 0) {
    const problem = isRefusal(again)
      ? again
      : refuse('word-split', 'threads would share packed words whatever is put in front', [])
    throw new ScheduleRefusal(problem, steps.length, steps.map(printStep).at(-1) ?? 'the default nest', repaired.nest)
  }
  return { kernel, steps, repairs, repairsBehind: [], ...repaired }
}

/** A nest with those that led to it. */
interface Nested {
  readonly nest: Nest
  readonly history: readonly Nest[]
}

/** The stages whose words a step may give an owner, known before it runs if its transform says so. */
function mayOwn(kernel: Kernel, { transform: name, stage, ...args }: Step): readonly string[] {
  const all = kernel.stages.map(nameOfStage)
  const transform = findTransform(name)
  const parsed = transform?.ownsWords && v.safeParse(transform.parameters, args)
  if (!parsed?.success) return all
  const owns = transform?.ownsWords?.(parsed.output, kernel)
  if (owns === false) return []
  return owns === 'stage' && stage !== undefined && all.includes(stage) ? [stage] : all
}

/** The repaired schedule at once, where no step can give words of the repaired stages an owner by itself, and all go with the repair. */
function repairEarly(
  kernel: Kernel,
  start: Nest,
  steps: readonly Step[],
  options: ScheduleOptions,
): ScheduledKernel | undefined {
  if (options.nativeTypes === undefined) return undefined
  const owned = new Set(steps.flatMap(step => mayOwn(kernel, step)))
  if (kernel.stages.every(stage => owned.has(nameOfStage(stage)))) return undefined
  const shared = ownWords(start, options.nativeTypes)
  if (isRefusal(shared)) return undefined
  const repairs = shared.filter(({ stage }) => stage !== undefined && !owned.has(stage))
  if (repairs.length === 0) return undefined
  try {
    const repaired = runSteps(start, [...repairs, ...steps], repairs.length, options.hasSubgroups)
    const left = ownWords(repaired.nest, options.nativeTypes)
    return isRefusal(left) || left.length > 0 ? undefined : { kernel, steps, repairs, repairsBehind: [], ...repaired }
  } catch (error) {
    // The usual way tells the author which step is refused, without the repair in front.
    if (error instanceof ScheduleRefusal) return undefined
    throw error
  }
}

/** The author's steps behind the repair; where they do not go together, the words that would be shared are the reason. */
function runRepaired(
  start: Nest,
  repairs: readonly Step[],
  steps: readonly Step[],
  plain: Nest,
  options: ScheduleOptions,
): { nest: Nest; history: Nest[] } {
  try {
    return runSteps(start, [...repairs, ...steps], repairs.length, options.hasSubgroups)
  } catch (error) {
    if (!(error instanceof ScheduleRefusal)) throw error
    const stages = [...new Set(repairs.map(step => step.stage))].join(', ')
    const reason = refuse(
      'word-split',
      `threads would share the packed words of ${stages}, and ${repairs.map(printStep).join(' ')} in front, which gives each word one owner, does not go with ${error.stepText}: ${error.refusal.message}`,
    )
    throw new ScheduleRefusal(reason, steps.length, steps.map(printStep).at(-1) ?? 'the default nest', plain)
  }
}
