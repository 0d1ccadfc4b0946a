import { kernelLibrary } from '@qernel/kernels'
import { namedSchedules, printSteps } from '@qernel/schedule'
import { DEFAULT_SCHEDULE } from '../../arguments/schedule.ts'
import { entries, type Section } from './section.ts'

/** Schedules by name, with the steps that they are for each kernel. */
export function scheduleSection(): Section {
  const kernels = kernelLibrary.map(({ define }) => define())
  // The kernel with one stage and the author's data: what the steps are, without the names of stages in between.
  const shown = kernels.find(({ stages }) => stages.length === 1)
  return {
    text: entries(
      namedSchedules.map(({ name, summary, steps }) => ({
        name,
        lines: [
          `${summary}${name === DEFAULT_SCHEDULE ? ' (the default)' : ''}`,
          ...(shown === undefined ? [] : [`${shown.name}: ${printSteps(steps(shown))}`]),
        ],
      })),
    ),
    json: namedSchedules.map(({ name, summary, steps }) => ({
      name,
      summary,
      isDefault: name === DEFAULT_SCHEDULE,
      steps: Object.fromEntries(kernels.map(kernel => [kernel.name, steps(kernel)])),
    })),
  }
}
