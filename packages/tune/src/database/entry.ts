/** A database of tuned schedules: a JSON file in the repository of its user, with one entry per line. */
import { parseSteps, printSteps, type Step, StepSyntaxError } from '@qernel/schedule'
import * as v from 'valibot'

/** The best schedule known for a kernel, at fixed sizes, on a device. */
export interface TunedSchedule {
  readonly kernel: string
  /** Hash of the definition with its types: an entry for another definition is not used. */
  readonly hash: string
  /** The storage type of the float tensor. */
  readonly element: string
  /** Sizes that were fixed at compile time. */
  readonly fixed: Readonly<Record<string, number>>
  /** Sizes that were given at launch. */
  readonly launch: Readonly<Record<string, number>>
  readonly target: 'wgsl' | 'cuda'
  /** As its driver names it: "NVIDIA H200". */
  readonly device: string
  readonly driver: string
  readonly steps: readonly Step[]
  /** Microseconds, the median. */
  readonly time: number
  /** The time that moving the bytes alone takes, as a share of the time. */
  readonly ofCeiling?: number
  /** The version of qernel, and the commit if it is known. */
  readonly version: string
  readonly commit?: string
  /** When it was measured, ISO 8601. */
  readonly date?: string
}

/** Thrown for a file that is no database of schedules. The message names the entry. */
export class DatabaseError extends Error {
  override readonly name = 'DatabaseError'
}

const formatVersion = 1

const sizes = v.record(v.string(), v.pipe(v.number(), v.integer(), v.minValue(1)))
const entry = v.object({
  kernel: v.string(),
  hash: v.string(),
  element: v.string(),
  fixed: sizes,
  launch: sizes,
  target: v.picklist(['wgsl', 'cuda']),
  device: v.string(),
  driver: v.string(),
  steps: v.string(),
  time: v.pipe(v.number(), v.minValue(0)),
  ofCeiling: v.optional(v.number()),
  version: v.string(),
  commit: v.optional(v.string()),
  date: v.optional(v.string()),
})
const file = v.object({ format: v.literal('qernel schedules'), version: v.number(), schedules: v.array(v.unknown()) })

/**
 * Reads a database.
 *
 * @param text the content of the file
 * @throws DatabaseError
 */
export function parseDatabase(text: string): TunedSchedule[] {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new DatabaseError(`it is not JSON: ${error instanceof Error ? error.message : String(error)}`)
  }
  const read = v.safeParse(file, json)
  if (!read.success)
    throw new DatabaseError('{ "format": "qernel schedules", "version": 1, "schedules": [ … ] } is expected')
  if (read.output.version !== formatVersion) {
    throw new DatabaseError(`its version is ${read.output.version}; this qernel reads version ${formatVersion}`)
  }
  return read.output.schedules.map((each, i) => {
    const parsed = v.safeParse(entry, each)
    if (!parsed.success) {
      const [issue] = parsed.issues
      throw new DatabaseError(
        `schedule ${i + 1}: ${v.getDotPath(issue) ?? 'it'} is ${issue.received}; ${issue.expected} is expected`,
      )
    }
    const { ofCeiling, commit, date, ...own } = parsed.output
    try {
      return {
        ...own,
        steps: parseSteps(own.steps),
        ...(ofCeiling !== undefined && { ofCeiling }),
        ...(commit !== undefined && { commit }),
        ...(date !== undefined && { date }),
      }
    } catch (error) {
      if (error instanceof StepSyntaxError)
        throw new DatabaseError(`schedule ${i + 1}: its steps are no schedule:\n${error.message}`)
      throw error
    }
  })
}

/** A database as text: sorted, one entry per line, so that changes are readable. */
export function databaseText(schedules: readonly TunedSchedule[]): string {
  const lines = schedules
    .map(({ steps, ...own }) => ({
      key: identity({ steps, ...own }),
      line: `    ${JSON.stringify({ ...own, steps: printSteps(steps) })}`,
    }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ line }) => line)
  return `{\n  "format": "qernel schedules",\n  "version": ${formatVersion},\n  "schedules": [\n${lines.join(',\n')}\n  ]\n}\n`
}

/** A database with another entry, which replaces the one for the same kernel, types, fixed sizes, size class, target and device. */
export function withSchedule(schedules: readonly TunedSchedule[], added: TunedSchedule): TunedSchedule[] {
  const own = identity(added)
  return [...schedules.filter(each => identity(each) !== own), added]
}

/** Sizes at launch are alike if they have the same power of two next to them. */
export const sizeClass = (size: number): number => Math.round(Math.log2(size))

const sorted = <T>(record: Readonly<Record<string, T>>): [string, T][] =>
  Object.entries(record).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))

/** What two entries for the same purpose have in common, as text. */
const identity = ({ kernel, element, target, device, fixed, launch }: TunedSchedule): string =>
  JSON.stringify([
    kernel,
    element,
    target,
    device,
    sorted(fixed).map(([name, size]) => [name, String(size).padStart(10, '0')]),
    sorted(launch).map(([name, size]) => [name, String(sizeClass(size)).padStart(3, '0')]),
  ])
