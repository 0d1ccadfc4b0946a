import { dirname, join } from 'node:path'
import { visibleText } from '@qernel/dsl/internal'
import { fileOption } from '../../arguments/file.ts'
import { elementTypeOption, kernelArgument } from '../../arguments/kernel.ts'
import { seenFrom } from '../../arguments/kernel-file.ts'
import { nameOption } from '../../arguments/name.ts'
import { scheduleOptions } from '../../arguments/schedule.ts'
import { scheduleForSizes } from '../../arguments/schedule-for-sizes.ts'
import { type Emission, emitFiles } from '../../emission/emission.ts'
import { lostFile } from '../../emission/lost-file.ts'
import { compileError } from '../../errors/compile-error.ts'
import { UsageError } from '../../errors/usage-error.ts'
import { refuseToOverwrite } from '../../files/refuse-to-overwrite.ts'
import { writeAllWhole } from '../../files/write-whole.ts'
import type { RunCommand } from '../../frame/command.ts'
import { printedCommand } from '../../report/printed-command.ts'
import { targets } from '../../targets.ts'
import type { emitOptions } from './options.ts'
import { partOptions, seedOption } from './part-options.ts'

export const emit: RunCommand<typeof emitOptions> = async ({ positionals: [name = ''], options: given, progress }) => {
  const { library, options, origin } = await kernelArgument(name, given)
  const target = targets.find(each => each.name === options.target)
  if (target === undefined) {
    throw new UsageError({
      what: 'no target is given',
      where: '--target',
      allowed: targets.map(each => each.name),
      hint: `as in ${printedCommand('emit', name, '--target', 'wgsl')}`,
    })
  }
  if (options.division !== undefined && target.name !== 'wgsl') {
    throw new UsageError({
      what: `--division ${options.division} applies to WGSL only; division in CUDA is already exact`,
      where: '--division',
      allowed: ['--target wgsl'],
    })
  }
  const output = fileOption(options.output)
  const together = partOptions({ ...options, output }, target.name)
  const element = elementTypeOption(options.type, library)
  const kernel = library.define(element)
  const backEnd = await target.load()
  // An error in the schedule is reported before one in the sizes.
  const chosen = scheduleOptions(options, library, kernel, { target: backEnd.portableTarget, fixed: new Map() })
  try {
    const { fixed, schedule } = scheduleForSizes(options, library, kernel, backEnd.portableTarget, progress)
    const { compiled, files } = await emitFiles({
      library,
      ...(origin === undefined ? {} : { origin: seenFrom(output === undefined ? '.' : dirname(output), origin) }),
      ...(element === undefined ? {} : { element }),
      target: target.name,
      ...(schedule.name === undefined ? {} : { scheduleName: schedule.name }),
      steps: schedule.steps,
      fixed,
      ...(options.folds === true ? { folds: true } : {}),
      ...(options.division === undefined ? {} : { division: options.division as Division }),
      ...(options.name === undefined ? {} : { name: nameOption(options.name, kernel) }),
      parts: together.parts,
      ...(together.base === undefined ? {} : { base: together.base }),
      seed: seedOption(options.seed),
    })
    const { source: _, arrays, ...launch } = compiled
    const [{ source }] = files
    const isChosen = options.schedule !== undefined || options.steps !== undefined
    const faster = isChosen ? undefined : library.schedules.find(each => each.name === 'best')
    const written =
      output === undefined
        ? []
        : files.map(({ name: own, source: content }, i) => ({
            path: i === 0 ? output : join(dirname(output), own),
            content,
          }))
    if (!options.force)
      refuseToOverwrite(
        written.map(({ path }) => path),
        lostFile,
      )
    writeAllWhole(written)
    return {
      exitCode: 0,
      text:
        output === undefined
          ? source
          : [
              ...written.map(
                each =>
                  `wrote ${visibleText(each.path)}: ${name} for ${target.name}, ${lineCount(each.content)} lines\n`,
              ),
              ...(faster === undefined
                ? []
                : [`its schedule is ${schedule.name}, the plainest; --schedule best is fast\n`]),
            ].join(''),
      json: {
        ...launch,
        arrays: arrays.map(array => ({ ...array, type: array.type.name })),
        schedule: { name: schedule.name, steps: schedule.steps },
        fixed: Object.fromEntries(fixed),
        ...(output === undefined ? {} : { file: output, files: written.map(({ path }) => path) }),
        source,
      },
    }
  } catch (error) {
    throw compileError(error, chosen.where)
  }
}

/** The choices of the option. */
type Division = NonNullable<Emission['division']>

const lineCount = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
