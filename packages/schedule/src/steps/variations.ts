/** Changes one argument of a schedule: which values apply, which are refused, and why. */
import type { Kernel } from '@qernel/dsl'
import { flatMap } from '@qernel/dsl/internal'
import { type Refusal, ScheduleRefusal } from '../legality/refusal.ts'
import { applySchedule, type ScheduleOptions } from './apply-schedule.ts'
import { findTransform } from './known-transforms.ts'
import { type Domain, parameterDomains } from './parameter-domains.ts'
import type { ScheduledKernel } from './scheduled-kernel.ts'
import type { Argument, Step } from './transform.ts'

/** One argument of one step with another value. */
export interface Variation {
  /** 1 for the first step. */
  readonly step: number
  readonly argument: string
  readonly value: Argument
  readonly outcome:
    | { readonly scheduled: ScheduledKernel }
    | { readonly refusal: Refusal; readonly step: number; readonly stepText: string }
}

/**
 * Every value worth trying for the parameters of the steps, except the values that the schedule already has.
 *
 * @param only the position of the only step that is changed, from 0; by default each is
 */
export function variations(
  kernel: Kernel,
  steps: readonly Step[],
  options: ScheduleOptions,
  only?: number,
): Variation[] {
  return flatMap(steps, (step, position) =>
    flatMap(only === undefined || only === position ? Object.entries(step) : [], ([argument, current]) =>
      valuesOf(step, argument)
        .filter(value => value !== current)
        .map((value): Variation => {
          const changed = steps.map((one, i): Step => (i === position ? { ...one, [argument]: value } : one))
          return { step: position + 1, argument, value, outcome: outcomeOf(kernel, changed, options) }
        }),
    ),
  )
}

function outcomeOf(kernel: Kernel, steps: readonly Step[], options: ScheduleOptions): Variation['outcome'] {
  try {
    return { scheduled: applySchedule(kernel, steps, options) }
  } catch (error) {
    if (error instanceof ScheduleRefusal) return { refusal: error.refusal, step: error.step, stepText: error.stepText }
    throw error
  }
}

function valuesOf({ transform: name }: Step, argument: string): readonly Argument[] {
  const transform = findTransform(name)
  if (transform === undefined || argument === 'transform' || argument === 'stage') return []
  const { named, axes } = parameterDomains(transform)
  return worthTrying(named.find(parameter => parameter.name === argument)?.domain ?? axes?.domain)
}

function worthTrying(domain: Domain | undefined): readonly Argument[] {
  if (domain?.kind === 'factor') return domain.candidates
  if (domain?.kind === 'choice') return domain.options
  return domain?.kind === 'boolean' ? [true, false] : []
}
