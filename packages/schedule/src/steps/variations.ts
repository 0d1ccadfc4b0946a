/** Changes one argument of a schedule: which values apply, which are refused, and why. */
import type { Kernel } from '@qernel/dsl'
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
export const variations = (
  kernel: Kernel,
  steps: readonly Step[],
  options: ScheduleOptions,
  only?: number,
): Variation[] => [...tryVariations(kernel, steps, options, only)]

/** What `variations` lists, each tried when it is asked for. */
export function* tryVariations(
  kernel: Kernel,
  steps: readonly Step[],
  options: ScheduleOptions,
  only?: number,
): Generator<Variation, void> {
  for (const [position, step] of steps.entries())
    for (const [argument, current] of only === undefined || only === position ? Object.entries(step) : [])
      for (const value of valuesOf(step, argument)) {
        if (value === current) continue
        const changed = steps.with(position, { ...step, [argument]: value })
        yield { step: position + 1, argument, value, outcome: outcomeOf(kernel, changed, options) }
      }
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
