import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Kernel } from '@qernel/dsl'
import type { LibraryKernel } from '@qernel/kernels'
import {
  findSchedule,
  fixedSchedule,
  namedSchedules,
  parseSteps,
  type Schedule,
  type ScheduleRequest,
  type ScheduleTarget,
  type Step,
  stepsFromJson,
} from '@qernel/schedule'
import { fileError } from '../errors/file-error.ts'
import { scheduleError } from '../errors/schedule-error.ts'
import { UsageError, unknownName } from '../errors/usage-error.ts'
import { shellLine } from '../report/shell-word.ts'

/** The schedule when none is given: right for every kernel and every size. */
export const DEFAULT_SCHEDULE = 'naive'

/** The requested schedule, with its steps. */
export interface ChosenSchedule {
  /** The name of the schedule or of the file; absent for steps written on the command line. */
  readonly name?: string
  readonly steps: readonly Step[]
  /** The steps on another target. */
  readonly stepsOn: (target: ScheduleTarget) => readonly Step[]
  /** Whether it was written for this kernel, so that its steps may depend on the target and on sizes. */
  readonly isOwn: boolean
  /** How it was written, for messages. */
  readonly where: string
}

/**
 * Reads `--schedule NAME`, `--schedule FILE.json` or `--steps '…'`; if none is given, the default schedule.
 * @throws UsageError
 */
export function scheduleOptions(
  { schedule, steps }: { readonly schedule: string | undefined; readonly steps: string | undefined },
  library: Pick<LibraryKernel, 'schedules'>,
  kernel: Kernel,
  { target = { name: 'wgsl' }, fixed = new Map(), multiples }: Omit<ScheduleRequest, 'kernel'> = {},
): ChosenSchedule {
  if (schedule !== undefined && steps !== undefined) {
    throw new UsageError({
      what: '--schedule and --steps are both given',
      allowed: 'one of --schedule NAME, --schedule FILE.json and --steps TEXT',
    })
  }
  const chosen = (each: Schedule, where: string, isOwn = false) => {
    const stepsOn = (on: ScheduleTarget) =>
      stepsOf(each, { kernel, target: on, fixed, ...(multiples && { multiples }) }, where)
    return { steps: stepsOn(target), stepsOn, isOwn, where }
  }
  if (steps !== undefined) return chosen(fixedSchedule(stepsText(steps, '--steps')), '--steps')
  const name = schedule ?? DEFAULT_SCHEDULE
  const where = shellLine(['--schedule', name])
  if (/\.json$/i.test(name)) {
    return { name: basename(name).replace(/\.json$/i, ''), ...chosen(fixedSchedule(stepsOfFile(name)), where) }
  }
  const named = findSchedule(name)
  if (named !== undefined) return { name, ...chosen(named, where) }
  const own = library.schedules
  const written = own.find(each => each.name === name)
  if (written !== undefined) return { name, ...chosen(written, where, true) }
  throw unknownName(
    'schedule',
    name,
    [...namedSchedules, ...own].map(each => each.name),
    { where: '--schedule', hint: "or the name of a file that ends in .json, or --steps 'tile(t=16,d=16)'" },
  )
}

/**
 * The steps of a schedule, checked because a plug-in may be written in JavaScript.
 * @param where where the schedule was requested, for messages
 * @throws UsageError if they are not steps
 */
export function stepsOf(schedule: Schedule, request: ScheduleRequest, where: string): readonly Step[] {
  const steps: unknown = schedule.steps(request)
  if (typeof steps === 'string') {
    throw new UsageError({
      what: `the schedule ${schedule.name} gives its steps as text`,
      where,
      allowed: 'an array of steps, as [tile({ t: 16, d: 16 })]',
      hint: 'parseSteps of @qernel/schedule makes steps of text',
    })
  }
  try {
    return stepsFromJson(steps)
  } catch (error) {
    throw scheduleError(error, where)
  }
}

/**
 * Reads a schedule written as text.
 * @param where its origin, for messages
 * @throws UsageError
 */
export function stepsText(text: string, where: string): Step[] {
  try {
    // A caret can only point into a single line.
    return parseSteps(text.replace(/\s+/g, ' ').trim())
  } catch (error) {
    throw scheduleError(error, where)
  }
}

/** Far more than any schedule, so that naming a model's weights by mistake fails at once. */
const MAX_FILE_BYTES = 2 ** 20

function stepsOfFile(path: string): Step[] {
  let text: string
  try {
    const bytes = readFileSync(path)
    if (bytes.length > MAX_FILE_BYTES) {
      throw new UsageError({
        what: `not a schedule: the file has ${bytes.length} bytes`,
        where: path,
        allowed: `at most ${MAX_FILE_BYTES}`,
      })
    }
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError({ what: 'not a schedule: the file is not UTF-8', where: path })
    throw fileError(error, path, 'read')
  }
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new UsageError({
      what: `not a schedule: the file is not JSON: ${error instanceof Error ? error.message : String(error)}`,
      where: path,
      allowed: 'an array of steps, such as [{ "transform": "tile", "t": 16, "d": 16 }]',
    })
  }
  try {
    return stepsFromJson(json)
  } catch (error) {
    throw scheduleError(error, path)
  }
}
