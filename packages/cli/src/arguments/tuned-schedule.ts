/** `--schedule tuned`: the schedule that was found to be the fastest on a device. */
import { existsSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { ScheduleRequest, Step } from '@qernel/schedule'
import {
  DatabaseError,
  nearestSchedule,
  parseDatabase,
  shippedSchedules,
  type TunedSchedule,
} from '@qernel/tune/database'
import { UsageError } from '../errors/usage-error.ts'
import { readText } from '../files/read-text.ts'

/** The options that choose a schedule. */
export interface ScheduleChoice {
  readonly schedule: string | undefined
  readonly steps: string | undefined
  /** For the schedule `tuned`: the device, and the file to look into. */
  readonly for?: string | undefined
  readonly database?: string | undefined
}

/** The name that stands for the schedule in a database. */
export const TUNED_SCHEDULE = 'tuned'

/** The file of tuned schedules in the repository of a user. */
const DATABASE_FILE = 'qernel-schedules.json'

/** @throws UsageError if an option for `tuned` is given with another schedule */
export function refuseWithoutTuned(options: ScheduleChoice): void {
  if (options.schedule === TUNED_SCHEDULE) return
  const given = (['for', 'database'] as const).find(name => options[name] !== undefined)
  if (given === undefined) return
  throw new UsageError({
    what: `--${given} is about tuned schedules, and another schedule is chosen`,
    where: `--${given}`,
    allowed: ['--schedule tuned'],
  })
}

/**
 * The steps that a database knows, and which and why; those of another schedule if it knows none that applies.
 *
 * @throws UsageError if the database cannot be read
 */
export function tunedSteps(
  options: ScheduleChoice,
  request: ScheduleRequest,
  fallback: { readonly name: string; readonly steps: () => readonly Step[] },
): { readonly name: string; readonly steps: readonly Step[]; readonly remark: string } {
  const { kernel, target = { name: 'wgsl' }, fixed = new Map(), multiples = new Map(), launch = new Map() } = request
  const device = options.for ?? request.device
  const found = nearestSchedule(knownSchedules(options.database), { kernel, target, device, fixed, multiples, launch })
  return found.steps === undefined
    ? { name: fallback.name, steps: fallback.steps(), remark: `${found.reason}; the schedule is ${fallback.name}` }
    : { name: TUNED_SCHEDULE, steps: found.steps, remark: `the schedule is ${found.reason}` }
}

/** The user's own first, so that of two equally near ones theirs counts. */
const knownSchedules = (path: string | undefined): readonly TunedSchedule[] => {
  const own = path ?? fileAbove(process.cwd())
  return [...(own === undefined ? [] : readDatabase(own)), ...shippedSchedules()]
}

/**
 * Reads a file of tuned schedules.
 * @throws UsageError
 */
export function readDatabase(path: string): readonly TunedSchedule[] {
  const text = readText(path)
  try {
    return parseDatabase(text)
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error
    const [what = '', ...details] = error.message.split('\n')
    throw new UsageError({
      what: `not a database of schedules: ${what}`,
      where: path,
      ...(details.length > 0 && { details }),
    })
  }
}

/** The database of the user: the nearest one, or where it would be. */
export const databasePath = (): string => fileAbove(process.cwd()) ?? DATABASE_FILE

/** The database in this folder or the nearest one above it. */
function fileAbove(folder: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const path = join(at, DATABASE_FILE)
    if (existsSync(path)) return path
    if (dirname(at) === at) return undefined
  }
}
