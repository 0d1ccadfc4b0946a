import { listKernels } from '@qernel/kernels'
import { kernelArgument } from '../../arguments/kernel.ts'
import { isKernelFile, kernelsOfFile } from '../../arguments/kernel-file.ts'
import { sizeOptions } from '../../arguments/sizes.ts'
import { UsageError } from '../../errors/usage-error.ts'
import type { RunCommand } from '../../frame/command.ts'
import { kernelPage } from './kernel-page.ts'
import { kernelSection, sectionOf } from './kernels.ts'
import type { listOptions } from './options.ts'
import { kernelScheduleSection, scheduleSection } from './schedules.ts'
import type { Section } from './section.ts'
import { targetSection } from './targets.ts'
import { transformPage } from './transform-page.ts'
import { transformSection } from './transforms.ts'

const sections: Readonly<Record<string, () => Section>> = {
  kernels: kernelSection,
  schedules: scheduleSection,
  transforms: transformSection,
  targets: targetSection,
}

/** The kernels whose names contain a text that is no name itself: a family. */
function namesOfPart(part: string): string[] {
  const names = listKernels().map(({ name }) => name)
  return names.includes(part) ? [] : names.filter(name => name.includes(part))
}

export const list: RunCommand<typeof listOptions> = async ({ positionals: [only, about], options: { set } }) => {
  if (set.length > 0 && (about === undefined || (only !== 'kernels' && only !== 'schedules')))
    throw new UsageError({
      what: '--set needs a single kernel',
      where: '--set',
      allowed: ['kernels KERNEL', 'schedules KERNEL'],
    })
  if (about !== undefined) {
    if (only === 'kernels' && set.length === 0 && namesOfPart(about).length > 1) {
      const { text, json } = kernelSection(about)
      return { exitCode: 0, text: `Kernels with ${about} in their names\n${text}`, json: { kernels: json } }
    }
    if (only === 'kernels' && set.length === 0 && isKernelFile(about) && !about.includes('#')) {
      const kernels = await kernelsOfFile(about)
      if (kernels.length > 1) {
        const { text, json } = sectionOf(kernels)
        return { exitCode: 0, text: `Kernels of ${about}\n${text}`, json: { kernels: json } }
      }
    }
    if (only === 'kernels') {
      const { library, options, parameters } = await kernelArgument(about, { set })
      const { text, json } = kernelPage(library, options.set, parameters)
      return { exitCode: 0, text: `${about}\n${text}`, json: { kernels: json } }
    }
    if (only === 'transforms') {
      const { text, json } = transformPage(about)
      return { exitCode: 0, text: `${about}\n${text}`, json: { transforms: json } }
    }
    if (only !== 'schedules')
      throw new UsageError({
        what: `${only} cannot be described one by one`,
        where: about,
        allowed: ['kernels KERNEL', 'schedules KERNEL', 'transforms TRANSFORM'],
      })
    const { library, options } = await kernelArgument(about, { set })
    const { text, json } = kernelScheduleSection(library, sizeOptions(options.set, library.define()))
    return { exitCode: 0, text: `Schedules of ${about}\n${text}`, json: { schedules: json } }
  }
  const chosen = Object.entries(sections).filter(([name]) => only === undefined || name === only)
  const listed = chosen.map(([name, make]) => ({ name, ...make() }))
  return {
    exitCode: 0,
    text: listed.map(({ name, text }) => `${name[0]?.toUpperCase()}${name.slice(1)}\n${text}`).join('\n'),
    json: Object.fromEntries(listed.map(({ name, json }) => [name, json])),
  }
}
