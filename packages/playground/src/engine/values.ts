import { printStep } from '@qernel/schedule'
import { tryVariations } from '@qernel/schedule/internal'
import type { ValueChoice, ValuesRequest } from '../protocol.ts'
import { backEnds } from './back-ends.ts'
import { understand } from './subject.ts'
import type { Work } from './turns.ts'

/** The other values that are worth trying for the arguments of a step, and whether the schedule applies with them. Pauses after each trial. */
export function* valuesOf({ subject, target, position }: ValuesRequest): Work<ValueChoice[]> {
  const one = understand(subject, target)
  if ('problems' in one) return []
  const { steps, positions } = one.applied
  const at = positions.indexOf(position)
  const step = steps[at]
  if (step === undefined) return []
  const options = { fixed: one.fixed, hasSubgroups: backEnds[target].portableTarget.subgroup !== undefined }
  const found: ValueChoice[] = []
  for (const { argument, value, outcome } of tryVariations(
    one.kernel,
    steps,
    { ...options, alternatives: false },
    at,
  )) {
    found.push({
      argument,
      value: String(value),
      step: printStep({ ...step, [argument]: value }),
      ...('refusal' in outcome && {
        refused: {
          position: positions[outcome.step - 1] ?? position,
          code: outcome.refusal.code,
          message: outcome.refusal.message,
        },
      }),
    })
    yield
  }
  return found
}
