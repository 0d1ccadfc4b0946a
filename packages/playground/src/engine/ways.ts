/** The ways past the refusals of a subject: alternatives, and the edits of the schedule that get past the refusal. */
import { type TargetName, targetNames } from '@qernel/codegen'
import type { Kernel } from '@qernel/dsl'
import { applySchedule, type ScheduleOptions, ScheduleRefusal, type Step } from '@qernel/schedule'
import { scheduling } from '@qernel/schedule/internal'
import type { RefusalFacts, Ways, WaysRequest } from '../protocol.ts'
import { backEnds } from './back-ends.ts'
import { refusalFacts } from './refusal-facts.ts'
import { type Understood, understand } from './subject.ts'
import { triedEdits } from './tried-edits.ts'
import type { Work } from './turns.ts'

/** A schedule, and how it is applied. */
interface Refused {
  readonly kernel: Kernel
  readonly steps: readonly Step[]
  /** The positions of the steps in the request. */
  readonly positions: readonly number[]
  readonly options: ScheduleOptions
}

/** Pauses before each trial. */
export function* ways({ subject, target }: Pick<WaysRequest, 'subject' | 'target'>): Work<Ways> {
  const one = understand(subject, target)
  if ('problems' in one) return { sources: {} }
  const { kernel, applied, fixed } = one
  const { asked } = applied
  const hasSubgroups = backEnds[target].portableTarget.subgroup !== undefined
  const isRefused = asked.steps.length > applied.steps.length
  const step = isRefused ? yield* waysPast({ kernel, ...asked, options: { fixed, hasSubgroups } }) : undefined
  const sources: Partial<Record<TargetName, RefusalFacts>> = {}
  for (const name of targetNames) {
    const refusal = yield* waysPast(whole(one, name))
    if (refusal !== undefined) sources[name] = refusal
  }
  return { sources, ...(step && { step }) }
}

/** The steps that apply, as a whole that has to run on a target. */
function whole({ kernel, applied: { steps, positions }, fixed }: Understood, target: TargetName): Refused {
  const { nativeTypes, subgroup, limits } = backEnds[target].portableTarget
  return { kernel, steps, positions, options: { fixed, nativeTypes, hasSubgroups: subgroup !== undefined, limits } }
}

/** Undefined if nothing is refused. An edit gets the schedule past a refusal also if what comes later is still refused. */
function* waysPast({ kernel, steps, positions, options }: Refused): Work<RefusalFacts | undefined> {
  const error = yield* refusalOf(kernel, steps, options)
  if (error === undefined) return undefined
  const { refusal, step } = error
  const gets = (others: readonly Step[]): boolean => {
    try {
      applySchedule(kernel, others, { ...options, alternatives: false })
      return true
    } catch (other) {
      if (!(other instanceof ScheduleRefusal)) throw other
      return other.step > step + Math.max(0, others.length - steps.length) && other.refusal.code !== refusal.code
    }
  }
  const edits = yield* triedEdits(refusal, steps, positions, step > 0 ? step - 1 : undefined, gets)
  return { ...refusalFacts(error), alternatives: refusal.alternatives, edits }
}

function* refusalOf(...schedule: Parameters<typeof scheduling>): Work<ScheduleRefusal | undefined> {
  try {
    yield* scheduling(...schedule)
    return undefined
  } catch (error) {
    if (error instanceof ScheduleRefusal) return error
    throw error
  }
}
