/** Applies as many steps of a schedule as apply. */
import type { Target } from '@qernel/codegen'
import type { Kernel } from '@qernel/dsl'
import { applySchedule, type ScheduledKernel, type ScheduleOptions, ScheduleRefusal, type Step } from '@qernel/schedule'
import type { StepResult } from '../protocol.ts'
import type { ReadStep } from './read-steps.ts'
import { refusalFacts } from './refusal-facts.ts'

type Outcome = StepResult['outcome']

/** The steps that apply, and what became of each. */
export interface AppliedSteps {
  /** The steps that apply, in order. */
  readonly steps: readonly Step[]
  /** The position in the request of each of them. */
  readonly positions: readonly number[]
  readonly scheduled: ScheduledKernel
  /** One per step of the request. */
  readonly outcomes: readonly Outcome[]
  /** All steps that can be read, up to one that cannot, and their positions: those from the refused one on do not apply. */
  readonly asked: Pick<AppliedSteps, 'steps' | 'positions'>
}

/**
 * Applies the steps up to the first that cannot be read or is refused. What a target needs of a whole schedule (owners of packed words, limits) is not
 * asked here, because an unfinished schedule has loops to show, too; steps that a target adds are there if it accepts the schedule.
 *
 * @throws InputError if a fixed size is invalid, or breaks a fact that the kernel declares
 */
export function applyAsFarAsPossible(
  kernel: Kernel,
  read: readonly ReadStep[],
  { nativeTypes, subgroup }: Target,
  fixed: ReadonlyMap<string, number>,
): AppliedSteps {
  const outcomes: Outcome[] = read.map(() => ({ kind: 'unreached' }))
  const positions: number[] = []
  const steps: Step[] = []
  let isReadable = true
  for (const [position, one] of read.entries()) {
    if (one.kind !== 'step') {
      outcomes[position] = one
      isReadable &&= one.kind === 'off'
    } else if (isReadable) {
      positions.push(position)
      steps.push(one.step)
    }
  }
  const asked = { steps: [...steps], positions: [...positions] }
  const loose = { fixed, hasSubgroups: subgroup !== undefined, alternatives: false }
  // If the steps apply with those that the target adds, nothing else has to be asked.
  const repaired = applied(kernel, steps, { ...loose, nativeTypes })
  const shown = repaired instanceof ScheduleRefusal ? unrepaired() : repaired
  for (const [i, position] of positions.entries())
    outcomes[position] = { kind: 'applied', stage: shown.repairs.length + i + 1 }
  return { steps, positions, scheduled: shown, outcomes, asked }

  /** Leaves out the steps from the one on that is refused. */
  function unrepaired(): ScheduledKernel {
    const alone = applied(kernel, steps, loose)
    if (!(alone instanceof ScheduleRefusal)) return alone
    const last = alone.step - 1
    outcomes[positions[last] as number] = { kind: 'refused', refusal: refusalFacts(alone) }
    steps.length = last
    positions.length = last
    const others = applied(kernel, steps, { ...loose, nativeTypes })
    return others instanceof ScheduleRefusal ? applySchedule(kernel, steps, loose) : others
  }
}

function applied(kernel: Kernel, steps: readonly Step[], options: ScheduleOptions): ScheduledKernel | ScheduleRefusal {
  try {
    return applySchedule(kernel, steps, options)
  } catch (error) {
    if (error instanceof ScheduleRefusal) return error
    throw error
  }
}
