import { LoweringError, type Target } from '@qernel/codegen'
import { type LoweredKernel, lower, programCost, widestAccess } from '@qernel/codegen/internal'
import type { Kernel } from '@qernel/dsl'
import { visibleText } from '@qernel/dsl/internal'
import { applySchedule, type ScheduledKernel, ScheduleRefusal, type Step, variations } from '@qernel/schedule'
import { listAlternatives, nestFacts, type Stage, stagesOf } from '@qernel/schedule/internal'
import { fileOption } from '../../arguments/file.ts'
import { elementTypeOption, kernelArgument } from '../../arguments/kernel.ts'
import { seenFrom } from '../../arguments/kernel-file.ts'
import { scheduleOptions } from '../../arguments/schedule.ts'
import { scheduleForSizes } from '../../arguments/schedule-for-sizes.ts'
import { DEFAULT_SEED, emitFiles } from '../../emission/emission.ts'
import { compileError } from '../../errors/compile-error.ts'
import { UsageError } from '../../errors/usage-error.ts'
import { refuseToOverwrite } from '../../files/refuse-to-overwrite.ts'
import { writeWhole } from '../../files/write-whole.ts'
import type { RunCommand } from '../../frame/command.ts'
import { printedCommand } from '../../report/printed-command.ts'
import { targets } from '../../targets.ts'
import { changedLines } from './changed-text.ts'
import { costText, dispatchText, memoryText } from './cost-text.ts'
import { countingSizes } from './counting-sizes.ts'
import { lostPage, page } from './html/page.ts'
import type { explainOptions } from './options.ts'
import { checkPassName, passReport, passTable, programText } from './passes.ts'

export const explain: RunCommand<typeof explainOptions> = async ({
  positionals: [name = ''],
  options: given,
  progress,
}) => {
  const { library, options, origin } = await kernelArgument(name, given)
  const element = elementTypeOption(options.type, library)
  const kernel = library.define(element)
  const wanted = options.target ?? 'wgsl'
  const backEnd = await targets.find(each => each.name === wanted)?.load()
  if (backEnd === undefined) throw new Error(`there is no target ${wanted}`)
  // An error in the schedule is reported before one in the sizes.
  const chosen = scheduleOptions(options, library, kernel, { target: backEnd.portableTarget, fixed: new Map() })
  if (options.after !== undefined) await checkPassName(options.after, backEnd)
  if (options.at.length > 0 && !options.cost && options.html === undefined) {
    throw new UsageError({
      what: '--at gives sizes for counting, but nothing is counted',
      where: '--at',
      allowed: ['--cost', '--html FILE'],
    })
  }
  try {
    const { fixed, schedule } = scheduleForSizes(options, library, kernel, backEnd.portableTarget, progress)
    const scheduled = scheduleFor(kernel, schedule.steps, backEnd.portableTarget, fixed)
    const lowered = lowerOrSay(scheduled, backEnd.portableTarget)
    const sizes = countingSizes(options.at, kernel, scheduled.nest)
    const facts = nestFacts(scheduled.nest, sizes, {
      widest: widestAccess('problem' in lowered ? undefined : lowered, backEnd.portableTarget),
      nativeTypes: backEnd.portableTarget.nativeTypes,
    })
    const stages = stagesOf(scheduled)
    const launches = 'problem' in lowered ? [] : lowered.launches
    const dispatches = 'problem' in lowered ? [] : programCost(lowered, sizes)
    const problem = 'problem' in lowered ? lowered.problem : undefined
    const showsPasses = options.passes || options.after !== undefined
    const passes = showsPasses && !('problem' in lowered) ? passReport(backEnd, lowered, options.after) : undefined
    let html: string | undefined
    if (options.html !== undefined) {
      const { name: scheduleName, steps } = schedule
      const emission = {
        library,
        // As the command that the page names prints it.
        ...(origin === undefined ? {} : { origin: seenFrom('.', origin) }),
        ...(element === undefined ? {} : { element }),
        target: backEnd.name,
        ...(scheduleName === undefined ? {} : { scheduleName }),
        steps,
        fixed,
        seed: DEFAULT_SEED,
      }
      const text = page({
        kernel,
        target: backEnd.portableTarget,
        scheduleName,
        command: emitCommand(name, wanted, given),
        scheduled,
        stages,
        sizes,
        facts,
        problem,
        compiled: problem === undefined ? (await emitFiles(emission)).compiled : undefined,
        variations: variations(kernel, steps, completeFor(backEnd.portableTarget, fixed)),
      })
      const file = fileOption(options.html)
      if (file !== undefined && !options.force) refuseToOverwrite([file], lostPage)
      if (file === undefined) html = text
      else writeWhole(file, text)
    }
    return {
      exitCode: 0,
      text:
        html ??
        (options.html !== undefined
          ? `wrote ${visibleText(options.html)}: ${name} for ${wanted}, ${stages.length - 1} steps\n`
          : [
              `${name} for ${wanted}, ${schedule.name ?? 'steps of your own'}\n`,
              ...(showsPasses ? [] : [...stages.map(stageText), assumptionsText(scheduled)]),
              ...(options.passes && passes !== undefined ? [passTable(passes.passes)] : []),
              ...(passes?.program === undefined ? [] : [programText(passes.program)]),
              ...(problem === undefined ? [] : [`cannot run yet: ${problem}\n`]),
              ...(options.cost ? [costText(facts.cost, sizes)] : []),
              ...(options.cost && dispatches.length > 0 ? [dispatchText(dispatches, facts.cost.elements)] : []),
              ...(showsPasses ? [] : [memoryText(facts, launches)]),
            ]
              .filter(part => part !== '')
              .join('\n')),
      json: {
        kernel: name,
        target: wanted,
        schedule: { name: schedule.name, steps: schedule.steps },
        fixed: Object.fromEntries(fixed),
        repairs: scheduled.repairs,
        repairsBehind: scheduled.repairsBehind,
        stages: stages.map(stage => ({ ...stage, lines: stage.lines.map(({ change, text }) => ({ change, text })) })),
        assumptions: scheduled.nest.assumptions,
        ...(problem === undefined ? { launches } : { problem }),
        sizes: Object.fromEntries(sizes),
        accesses: facts.accesses,
        shared: facts.shared,
        ...passes,
        ...(options.cost ? { cost: { sizes: Object.fromEntries(sizes), ...facts.cost, dispatches } } : {}),
        ...(html === undefined ? {} : { html }),
        ...(options.html === undefined || html !== undefined ? {} : { file: options.html }),
      },
    }
  } catch (error) {
    throw compileError(error, chosen.where)
  }
}

/** The command that prints the code shown on the page. */
function emitCommand(
  kernel: string,
  target: string,
  { schedule, steps, set, type, multiple, plugin }: Parameters<typeof explain>[0]['options'],
): string {
  const given = (option: string, values: readonly (string | undefined)[]) =>
    values.flatMap(value => (value === undefined ? [] : [option, value]))
  return printedCommand(
    ...['emit', kernel, '--target', target],
    ...given('--schedule', [schedule]),
    ...given('--steps', [steps]),
    ...given('--type', [type]),
    ...given('--set', set),
    ...given('--multiple', multiple),
    ...given('--plugin', plugin),
  )
}

/** The schedule as far as it goes: it may be incomplete. */
const scheduleFor = (
  kernel: Kernel,
  steps: readonly Step[],
  target: Target,
  fixed: ReadonlyMap<string, number>,
): ScheduledKernel => {
  const { limits: _, ...options } = completeFor(target, fixed)
  return applySchedule(kernel, steps, options)
}

const completeFor = ({ nativeTypes, subgroup, limits }: Target, fixed: ReadonlyMap<string, number>) => ({
  fixed,
  nativeTypes,
  hasSubgroups: subgroup !== undefined,
  limits,
})

/** An unfinished schedule may not run yet (lanes without threads, too many threads), but its loops can be shown. */
function lowerOrSay(scheduled: ScheduledKernel, target: Target): LoweredKernel | { readonly problem: string } {
  try {
    // Applied again as a complete schedule, so that a refusal is reported at its step, with the legal alternatives.
    applySchedule(scheduled.kernel, scheduled.steps, completeFor(target, scheduled.nest.fixed))
    return lower(scheduled, target)
  } catch (error) {
    if (error instanceof ScheduleRefusal) {
      const { message, code, alternatives } = error.refusal
      const choices = alternatives.length > 0 ? `; try ${listAlternatives(alternatives)}` : ''
      return { problem: `step ${error.step}, ${error.stepText}: ${message} [${code}]${choices}` }
    }
    if (error instanceof LoweringError) return { problem: error.message }
    throw error
  }
}

function stageText({ step, isRepair, lines }: Stage, position: number): string {
  const title = step === undefined ? 'before any step' : `${step}`
  const why = isRepair ? ' (repair: each packed word gets one owner)' : ''
  return `${position}. ${title}${why}\n${changedLines(lines)}`
}

function assumptionsText({ nest }: ScheduledKernel): string {
  return nest.assumptions
    .map(
      ({ size, multipleOf, because }) =>
        `${size} must be a multiple of ${multipleOf}, by ${because}: checked at every launch\n`,
    )
    .join('')
}
