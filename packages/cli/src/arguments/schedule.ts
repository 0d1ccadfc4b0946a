import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import type { Kernel } from '@qernel/dsl'
import { findKernel } from '@qernel/kernels'
import {
  findSchedule,
  namedSchedules,
  parseSteps,
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

/** A schedule as it was asked for. */
export interface ChosenSchedule {
  /** Of a named schedule or of the file; steps written on the command line have none. */
  readonly name?: string
  readonly steps: readonly Step[]
  /** The steps on one target, where they are not the same on every one: `steps` are those without subgroups. */
  readonly stepsFor?: (target: ScheduleTarget) => readonly Step[]
  /** How it was written, for messages. */
  readonly where: string
}

/**
 * Reads `--schedule NAME`, `--schedule FILE.json` or `--steps '…'`; without either the default one.
 * @throws UsageError
 */
export function scheduleOptions(
  { schedule, steps }: { readonly schedule: string | undefined; readonly steps: string | undefined },
  kernel: Kernel,
  { target = { name: 'wgsl' }, fixed = new Map(), multiples }: Omit<ScheduleRequest, 'kernel'> = {},
): ChosenSchedule {
  if (schedule !== undefined && steps !== undefined) {
    throw new UsageError({
      what: '--schedule and --steps are both given',
      allowed: 'one of --schedule NAME, --schedule FILE.json and --steps TEXT',
    })
  }
  if (steps !== undefined) return { steps: stepsText(steps, '--steps'), where: '--steps' }
  const name = schedule ?? DEFAULT_SCHEDULE
  const where = shellLine(['--schedule', name])
  if (/\.json$/i.test(name)) {
    return { name: basename(name).replace(/\.json$/i, ''), steps: stepsOfFile(name), where }
  }
  const named = findSchedule(name)
  if (named !== undefined) return { name, steps: named.steps({ kernel }), where }
  const own = findKernel(kernel.name)?.schedules ?? []
  const written = own.find(each => each.name === name)
  if (written !== undefined) {
    const stepsFor = (on: ScheduleTarget) =>
      checkedSteps(written.steps({ kernel, target: on, fixed, ...(multiples && { multiples }) }), where)
    return { name, steps: stepsFor(target), stepsFor, where }
  }
  throw unknownName(
    'schedule',
    name,
    [...namedSchedules, ...own].map(each => each.name),
    { where: '--schedule', hint: "or the name of a file that ends in .json, or --steps 'tile(t=16,d=16)'" },
  )
}

/** The steps that a schedule gave, whoever wrote it: a plug-in may be in JavaScript. */
function checkedSteps(steps: unknown, where: string): readonly Step[] {
  try {
    return stepsFromJson(steps)
  } catch (error) {
    throw scheduleError(error, where)
  }
}

/**
 * Reads a schedule that is written out.
 * @param where it stands, for messages
 * @throws UsageError
 */
export function stepsText(text: string, where: string): Step[] {
  try {
    // A caret can only point into one line.
    return parseSteps(text.replace(/\s+/g, ' ').trim())
  } catch (error) {
    throw scheduleError(error, where)
  }
}

/** Far more than any schedule; whoever names a model's weights by mistake hears so at once. */
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
