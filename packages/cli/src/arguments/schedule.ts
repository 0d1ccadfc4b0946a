import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Kernel } from '@qernel/dsl'
import type { LibraryKernel } from '@qernel/kernels'
import {
  findSchedule,
  fixedSchedule,
  isOffered,
  offeredSchedules,
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
import { refuseWithoutTuned, type ScheduleChoice, TUNED_SCHEDULE, tunedSteps } from './tuned-schedule.ts'

/** The schedule when none is given: right for every kernel and every size. */
export const DEFAULT_SCHEDULE = 'naive'

/** Steps with their name, and why they were chosen, if they were looked up. */
interface NamedSteps {
  /** The name of the schedule or of the file; absent for steps written on the command line. */
  readonly name?: string
  readonly steps: readonly Step[]
  readonly remark?: string
}

/** The requested schedule, with its steps. */
export interface ChosenSchedule extends NamedSteps {
  /** The steps on another target, or on a device. */
  readonly on: (target: ScheduleTarget, device?: string) => NamedSteps
  /** Whether it was written for this kernel, so that its steps may depend on the target and on sizes. */
  readonly isOwn: boolean
  /** How it was written, for messages. */
  readonly where: string
}

/**
 * Reads `--schedule NAME`, `--schedule FILE.json`, `--schedule tuned` or `--steps '…'`; if none is given, the default schedule.
 * @throws UsageError
 */
export function scheduleOptions(
  options: ScheduleChoice,
  library: Pick<LibraryKernel, 'schedules'>,
  kernel: Kernel,
  { target = { name: 'wgsl' }, fixed = new Map(), ...known }: Omit<ScheduleRequest, 'kernel'> = {},
): ChosenSchedule {
  const { schedule, steps } = options
  if (schedule !== undefined && steps !== undefined) {
    throw new UsageError({
      what: '--schedule and --steps are both given',
      allowed: 'one of --schedule NAME, --schedule FILE.json and --steps TEXT',
    })
  }
  refuseWithoutTuned(options)
  const chosen = (each: Schedule, where: string, name?: string, isOwn = false): ChosenSchedule => {
    const on = (on: ScheduleTarget) => ({
      ...(name !== undefined && { name }),
      steps: stepsOf(each, { kernel, target: on, fixed, ...known }, where),
    })
    return { ...on(target), on, isOwn, where }
  }
  if (steps !== undefined) return chosen(fixedSchedule(stepsText(steps, '--steps')), '--steps')
  const name = schedule ?? DEFAULT_SCHEDULE
  const where = shellLine(['--schedule', name])
  if (/\.json$/i.test(name)) {
    return chosen(fixedSchedule(stepsOfFile(name)), where, basename(name).replace(/\.json$/i, ''))
  }
  const own = library.schedules
  const named = findSchedule(name)
  if (named !== undefined && isOffered(named, kernel)) return chosen(named, where, name)
  const offered = () => [...offeredSchedules(kernel), ...own].map(each => each.name)
  if (named !== undefined) {
    throw new UsageError({
      what: `the schedule ${name} is not offered for ${kernel.name}`,
      where,
      allowed: offered(),
      hint: `its steps would be those of ${DEFAULT_SCHEDULE}, because no stage of this kernel has tiles that it could change`,
    })
  }
  const written = own.find(each => each.name === name)
  if (written !== undefined) return chosen(written, where, name, true)
  if (name === TUNED_SCHEDULE) {
    const fallback = own.find(each => each.name === 'best') ?? (findSchedule(DEFAULT_SCHEDULE) as Schedule)
    const on = (on: ScheduleTarget, device?: string) => {
      const request = { kernel, target: on, fixed, ...known, ...(device !== undefined && { device }) }
      return tunedSteps(options, request, { name: fallback.name, steps: () => stepsOf(fallback, request, where) })
    }
    return { ...on(target), on, isOwn: true, where }
  }
  throw unknownName('schedule', name, [...offered(), TUNED_SCHEDULE], {
    where: '--schedule',
    hint: "or the name of a file that ends in .json, or --steps 'tile(t=16,d=16)'",
  })
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
