import { printSteps, type Step } from '@qernel/schedule'
import type { Space } from '../candidate.ts'
import { legality } from './legality.ts'
import { templateAround } from './neighbours.ts'
import { type CostSetting, predictedCost } from './predicted-cost.ts'
import { type ScheduleSpaceOptions, scheduleSpace } from './schedule-space.ts'

/** The steps of a named schedule. */
export interface NamedSteps {
  readonly name: string
  readonly steps: readonly Step[]
}

/**
 * The space around known schedules: those that apply, each once, and a template around each. The predicted cost orders candidates.
 *
 * @param sizes a value for each size of the kernel
 * @param more further templates, and schedules that come before the known ones
 * @throws TemplateSyntaxError for a template as text that cannot be read
 */
export function spaceAround(
  setting: CostSetting,
  sizes: ReadonlyMap<string, number>,
  known: readonly NamedSteps[],
  {
    templates = [],
    schedules = [],
    constraint,
  }: Pick<ScheduleSpaceOptions, 'templates' | 'schedules' | 'constraint'> = {},
): Space {
  const isLegal = legality(setting)
  const legal = new Map<string, NamedSteps>()
  for (const one of known) {
    const id = printSteps(one.steps)
    if (!legal.has(id) && isLegal(one.steps)) legal.set(id, one)
  }
  const around = [...legal.values()]
  return scheduleSpace({
    templates: [...templates, ...around.map(({ name, steps }) => templateAround(steps, name))],
    schedules: [...schedules, ...around.map(({ steps }) => steps)],
    isLegal,
    ...(constraint && { constraint }),
    estimate: predictedCost(setting, sizes),
  })
}
