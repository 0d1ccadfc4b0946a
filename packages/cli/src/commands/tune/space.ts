/** The space of a search: templates, and schedules that are tried before all others. */
import type { Subject } from '@qernel/bench'
import type { Target } from '@qernel/codegen'
import { printSteps, type Schedule, type ScheduleRequest, type Step } from '@qernel/schedule'
import {
  type Constraint,
  parseTemplate,
  readT1,
  type Space,
  spaceAround,
  T1Error,
  type T1Space,
  type Template,
  TemplateSyntaxError,
} from '@qernel/tune'
import { multiplesOf } from '../../arguments/multiples.ts'
import { UsageError } from '../../errors/usage-error.ts'
import { readText } from '../../files/read-text.ts'

/** Templates, and what a T1 file says about their choices. */
export interface Described {
  readonly templates: readonly Template[]
  readonly constraint?: Constraint
}

/**
 * Reads `--space` and `--t1`.
 * @throws UsageError that says what is wrong, where, and what is allowed
 */
export function spaceOptions(texts: readonly string[], t1: string | undefined): Described {
  if (t1 !== undefined && texts.length === 0)
    throw new UsageError({
      what: 'nothing uses the parameters of --t1',
      where: '--t1',
      allowed: "--space with them as choices: 'tile(t=$rows,d=$columns)'",
    })
  const read = t1 === undefined ? undefined : readT1File(t1)
  const templates = texts.map(text => {
    try {
      return parseTemplate(text, read?.choices)
    } catch (error) {
      if (!(error instanceof TemplateSyntaxError)) throw error
      throw new UsageError({ ...error.problem, where: '--space', details: error.marked }, { cause: error })
    }
  })
  return { templates, ...(read && { constraint: read.constraint }) }
}

function readT1File(path: string): T1Space {
  const text = readText(path)
  try {
    return readT1(JSON.parse(text))
  } catch (error) {
    if (error instanceof SyntaxError)
      throw new UsageError({ what: `not a T1 file: it is not JSON: ${error.message}`, where: path })
    throw error instanceof T1Error ? new UsageError({ what: error.message, where: path }, { cause: error }) : error
  }
}

/** The text of the steps of `best` on a target, the best schedule known so far. */
export const bestOf =
  ({ kernel, sizes, open, schedules }: Subject) =>
  (target: Target): string | undefined => {
    const fixed = new Map([...sizes].filter(([name]) => name !== open))
    const steps = stepsOf(
      schedules.find(({ name }) => name === 'best'),
      { kernel, target, fixed, multiples: multiplesOf(sizes, fixed) },
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
 * @param described the author's; if there are no templates, the space is around every named schedule that applies
 * @param written schedules of the author
 */
export function spaceOf(
  { kernel, sizes, open, schedules: named }: Subject,
  { templates, constraint }: Described,
  written: readonly Schedule[],
): (target: Target) => Space {
  return target => {
    const fixed = new Map([...sizes].filter(([name]) => name !== open))
    const setting = { kernel, target, fixed }
    const request = { ...setting, multiples: multiplesOf(sizes, fixed) }
    const stepsOfAll = (all: readonly Schedule[]) =>
      all.flatMap(schedule => {
        const steps = stepsOf(schedule, request)
        return steps === undefined ? [] : [{ name: schedule.name, steps }]
      })
    return spaceAround(setting, sizes, templates.length === 0 ? stepsOfAll(named) : [], {
      templates,
      schedules: stepsOfAll(written).map(({ steps }) => steps),
      ...(constraint && { constraint }),
    })
  }
}
