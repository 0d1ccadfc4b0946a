/** Whether a schedule may begin with some steps, whatever the arguments of the others: asked while a schedule is put together, before the others are chosen. */
import type { Kernel, Nest } from '@qernel/dsl'
import { partWordGroups } from '../legality/meeting-words.ts'
import { isRefusal, ScheduleRefusal } from '../legality/refusal.ts'
import type { DeviceLimits } from '../legality/unrunnable.ts'
import { stagesThatShareWords, vectorsOfWholeWords } from '../legality/whole-words.ts'
import { defaultNest } from '../nest/default-nest.ts'
import { dispatchesOf } from '../nest/dispatches.ts'
import { applySchedule, type ScheduleOptions } from './apply-schedule.ts'
import { runSteps } from './apply-steps.ts'
import type { Step } from './transform.ts'
import { ownsNoWords } from './word-owner-hints.ts'
import { workgroupHint } from './workgroup-hints.ts'

/** A step whose arguments are not chosen yet. */
export interface LaterStep {
  readonly transform: string
  /** The largest product that its numbers may have. */
  readonly most: number
}

/**
 * Whether some schedule that begins with these steps may apply. False only if none does: a step is refused, or a limit is exceeded that no later step can keep.
 *
 * @param later the transforms of the steps that follow, some of which may be left out
 */
export function canBegin(
  kernel: Kernel,
  steps: readonly Step[],
  later: readonly LaterStep[],
  options: ScheduleOptions,
): boolean {
  const { fixed, nativeTypes, hasSubgroups, limits } = options
  const start = defaultNest(kernel, fixed)
  const nestAfter = (inFront: readonly Step[]): Nest | undefined =>
    unlessRefused(() => runSteps(start, [...inFront, ...steps], inFront.length, hasSubgroups, false).nest)
  const fits = (nest: Nest | undefined): boolean =>
    nest !== undefined && (limits === undefined || mayRun(nest, later, limits))
  const plain = nestAfter([])
  const vectors = nativeTypes === undefined ? [] : vectorsOfWholeWords(start, nativeTypes)
  // Which of the vectors come in front depends on the steps that follow.
  const mayFit = fits(plain) || (!isRefusal(vectors) && someOf(vectors).some(inFront => fits(nestAfter(inFront))))
  if (!mayFit || nativeTypes === undefined || plain === undefined) return mayFit
  const isSettled =
    later.every(({ transform }) => ownsNoWords(transform)) &&
    stagesThatShareWords(plain, nativeTypes).size > 0 &&
    partWordGroups(kernel, nativeTypes).size === 0
  if (!isSettled) return true
  const { limits: _, ...withoutLimits } = options
  return unlessRefused(() => applySchedule(kernel, steps, { ...withoutLimits, alternatives: false })) !== undefined
}

/** Every choice of at least one. */
const someOf = <Item>(items: readonly Item[]): (readonly Item[])[] =>
  Array.from({ length: 2 ** items.length - 1 }, (_, choice) => items.filter((_, i) => (((choice + 1) >> i) & 1) === 1))

function unlessRefused<Result>(make: () => Result): Result | undefined {
  try {
    return make()
  } catch (error) {
    if (error instanceof ScheduleRefusal) return undefined
    throw error
  }
}

/** Whether the threads and the shared memory of a workgroup may be within the limits when all steps have run. */
function mayRun(nest: Nest, later: readonly LaterStep[], limits: DeviceLimits): boolean {
  const hints = later.map(({ transform }) => workgroupHint(transform))
  // A transform without a hint may do anything.
  if (hints.includes(undefined)) return true
  const divisor = later.reduce((all, { most }, i) => (hints[i]?.threads === 'divided' ? all * most : all), 1)
  const keepsBytes = hints.every(hint => hint?.bytes === 'kept')
  return dispatchesOf(nest).every(({ threads, shared, meetingBytes }) => {
    const bytes = shared.reduce((sum, each) => sum + each.bytes, meetingBytes)
    return threads / divisor <= limits.workgroupThreads && (!keepsBytes || bytes <= limits.sharedBytes)
  })
}
