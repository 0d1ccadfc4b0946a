/** The space of a search: templates, and schedules that are tried before all others. */
import type { Subject } from '@qernel/bench'
import type { Target } from '@qernel/codegen'
import { printSteps, type Schedule, type ScheduleRequest, type Step } from '@qernel/schedule'
import {
  legality,
  parseTemplate,
  predictedCost,
  type Space,
  scheduleSpace,
  type Template,
  TemplateSyntaxError,
  templateAround,
} from '@qernel/tune'
import { UsageError } from '../../errors/usage-error.ts'

/** @throws UsageError that says what is wrong with a template */
export function templatesOption(texts: readonly string[]): readonly Template[] {
  return texts.map(text => {
    try {
      return parseTemplate(text)
    } catch (error) {
      if (!(error instanceof TemplateSyntaxError)) throw error
      const [what = '', ...details] = error.message.split('\n')
      throw new UsageError(
        { what, where: `--space '${text}'`, ...(details.length > 0 && { details }) },
        { cause: error },
      )
    }
  })
}

/** The text of the steps of `best` on a target, the best schedule known so far. */
export const bestOf =
  ({ kernel, sizes, open, schedules }: Subject) =>
  (target: Target): string | undefined => {
    const fixed = new Map([...sizes].filter(([name]) => name !== open))
    const steps = stepsOf(
      schedules.find(({ name }) => name === 'best'),
      { kernel, target, fixed },
    )
    return steps && printSteps(steps)
  }

/** Undefined if it does not apply to these sizes; `bench` says why. */
function stepsOf(schedule: Schedule | undefined, request: ScheduleRequest): Step[] | undefined {
  try {
    return schedule && [...schedule.steps(request)]
  } catch {
    return undefined
  }
}

/**
 * @param templates those of the author; if there are none, the space is around every named schedule that applies
 * @param written schedules of the author
 */
export function spaceOf(
  { kernel, sizes, open, schedules: named }: Subject,
  templates: readonly Template[],
  written: readonly Schedule[],
): (target: Target) => Space {
  return target => {
    const fixed = new Map([...sizes].filter(([name]) => name !== open))
    const setting = { kernel, target, fixed }
    const isLegal = legality(setting)
    const own = written.flatMap(each => {
      const steps = stepsOf(each, setting)
      return steps === undefined ? [] : [steps]
    })
    const known = new Map<string, { readonly name: string; readonly steps: Step[] }>()
    if (templates.length === 0)
      for (const schedule of named) {
        const steps = stepsOf(schedule, setting)
        if (steps === undefined || !isLegal(steps)) continue
        const id = printSteps(steps)
        if (!known.has(id)) known.set(id, { name: schedule.name, steps })
      }
    const around = [...known.values()].map(({ name, steps }) => templateAround(steps, name))
    return scheduleSpace({
      templates: [...templates, ...around],
      schedules: [...own, ...[...known.values()].map(({ steps }) => steps)],
      isLegal,
      estimate: predictedCost(setting, sizes),
    })
  }
}
