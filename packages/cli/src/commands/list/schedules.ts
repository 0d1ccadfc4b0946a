import { type LibraryKernel, listKernels } from '@qernel/kernels'
import { namedSchedules, offeredSchedules, parseSteps, printSteps, type ScheduleTarget } from '@qernel/schedule'
import { presumedMultiples } from '../../arguments/multiples.ts'
import { DEFAULT_SCHEDULE, stepsOf } from '../../arguments/schedule.ts'
import { entries, type Section } from './section.ts'

/** Schedules by name, with their steps for each kernel. */
export function scheduleSection(): Section {
  const kernels = listKernels().map(({ define }) => define())
  // A kernel with one stage, so that steps are shown without the names of stages.
  const shown = kernels.find(({ stages }) => stages.length === 1)
  return {
    text: entries(
      namedSchedules.map(({ name, summary, steps }) => ({
        name,
        lines: [
          `${summary}${name === DEFAULT_SCHEDULE ? ' (the default)' : ''}`,
          ...(shown === undefined ? [] : [`${shown.name}: ${printSteps(steps({ kernel: shown }))}`]),
        ],
      })),
    ),
    json: namedSchedules.map(({ name, summary, steps }) => ({
      name,
      summary,
      isDefault: name === DEFAULT_SCHEDULE,
      steps: Object.fromEntries(
        kernels.flatMap(kernel =>
          offeredSchedules(kernel).some(offered => offered.name === name) ? [[kernel.name, steps({ kernel })]] : [],
        ),
      ),
    })),
  }
}

/** A device with subgroups; the steps do not depend on the width. */
const subgroup = { min: 32, max: 32 }

/** Steps by target: for `wgsl` and `cuda` as in `emit`, and for a WGSL device with subgroups if that schedule differs. */
type StepsByTarget = Readonly<Partial<Record<'wgsl' | 'wgslWithSubgroups' | 'cuda', string>>>

/** The schedules of one kernel: those for every kernel, then those written for it, with their steps on each target. */
export function kernelScheduleSection(library: LibraryKernel, fixed: ReadonlyMap<string, number> = new Map()): Section {
  const kernel = library.define()
  const general = offeredSchedules(kernel).map(({ name, summary, steps }) => ({
    name,
    summary: `${summary}${name === DEFAULT_SCHEDULE ? ' (the default)' : ''}`,
    steps: { wgsl: printSteps(steps({ kernel })), cuda: printSteps(steps({ kernel })) } as StepsByTarget,
  }))
  const own = library.schedules.map(schedule => {
    const { name, summary } = schedule
    const on = (target: ScheduleTarget) =>
      printSteps(
        stepsOf(
          schedule,
          { kernel, target, fixed, multiples: presumedMultiples(library, kernel, target, fixed) },
          kernel.name,
        ),
      )
    const [wgsl, wgslWithSubgroups] = [on({ name: 'wgsl' }), on({ name: 'wgsl', subgroup })]
    const more = wgslWithSubgroups === wgsl ? {} : { wgslWithSubgroups }
    return { name, summary, steps: { wgsl, ...more, cuda: on({ name: 'cuda', subgroup }) } as StepsByTarget }
  })
  const all = [...general, ...own]
  return {
    text: entries(all.map(({ name, summary, steps }) => ({ name, lines: [summary, ...stepLines(steps)] }))),
    json: all.map(({ name, summary, steps }) => ({
      name,
      summary,
      isDefault: name === DEFAULT_SCHEDULE,
      steps: Object.fromEntries(Object.entries(steps).map(([target, text]) => [target, parseSteps(text)])),
    })),
  }
}

function stepLines(steps: StepsByTarget): readonly string[] {
  const different = new Set(Object.values(steps))
  if (different.size === 1) return [...different]
  return Object.entries(steps).map(
    ([target, text]) => `${target === 'wgslWithSubgroups' ? 'wgsl, with subgroups' : target}: ${text}`,
  )
}
