import type { Kernel } from '@qernel/dsl'
import { applySchedule, type ScheduleOptions, ScheduleRefusal, type Step } from '@qernel/schedule'
import type { RefusalFacts } from '../protocol.ts'
import { triedEdits } from './tried-edits.ts'

/** A schedule that is refused, and how it was applied. */
export interface Refused {
  readonly kernel: Kernel
  readonly steps: readonly Step[]
  /** The positions of the steps in the request. */
  readonly positions: readonly number[]
  readonly options: ScheduleOptions
}

/** A refusal with the edits that get the schedule past it: what comes later may still be refused. */
export function refusalFacts(
  { refusal, step }: ScheduleRefusal,
  { kernel, steps, positions, options }: Refused,
): RefusalFacts {
  const { code, message, loops, alternatives } = refusal
  const gets = (others: readonly Step[]): boolean => {
    try {
      applySchedule(kernel, others, { ...options, alternatives: false })
      return true
    } catch (error) {
      if (!(error instanceof ScheduleRefusal)) throw error
      return error.step > step + Math.max(0, others.length - steps.length) && error.refusal.code !== code
    }
  }
  const edits = triedEdits(refusal, steps, positions, step > 0 ? step - 1 : undefined, gets)
  return { code, message, loops, alternatives, edits }
}
