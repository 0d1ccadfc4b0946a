/** Schedules written as text: `--steps TEXT`, and the lines of `--steps-file FILE`. */
import { readFileSync } from 'node:fs'
import { fixedSchedule, printSteps, type Schedule, type Step } from '@qernel/schedule'
import { stepsText } from '../../arguments/schedule.ts'
import { fileError } from '../../errors/file-error.ts'
import { UsageError } from '../../errors/usage-error.ts'

export interface WrittenSchedules {
  /** The name of each is its text as written. */
  readonly schedules: readonly Schedule[]
  /** The number of schedules dropped as duplicates. */
  readonly repeated: number
}

/**
 * Every schedule once, in the order of the command line, followed by those of the file.
 * @param file one schedule per line; empty lines and lines that begin with # are ignored. `-` is standard input.
 * @throws UsageError that names the line
 */
export function writtenSchedules(texts: readonly string[], file: string | undefined): WrittenSchedules {
  const all = texts.map((text): Written => [text, stepsText(text, '--steps')])
  if (file !== undefined) all.push(...schedulesOfFile(file))
  const different = new Map<string, Schedule>()
  for (const [text, steps] of all) {
    const key = printSteps(steps)
    if (!different.has(key)) different.set(key, fixedSchedule(steps, text))
  }
  return { schedules: [...different.values()], repeated: all.length - different.size }
}

type Written = readonly [text: string, steps: readonly Step[]]

function schedulesOfFile(path: string): Written[] {
  const name = path === '-' ? 'standard input' : path
  const found = read(path, name)
    .split('\n')
    .flatMap((line, position): Written[] => {
      const text = line.trim()
      if (text === '' || text.startsWith('#')) return []
      return [[text, stepsText(text, `${name}:${position + 1}`)]]
    })
  if (found.length > 0) return found
  throw new UsageError({
    what: 'the file contains no schedule',
    where: name,
    allowed: 'one schedule per line, such as tile(t=16,d=64) vectorize(d=4)',
  })
}

function read(path: string, name: string): string {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path === '-' ? 0 : path)
  } catch (error) {
    throw fileError(error, name, 'read')
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new UsageError({ what: 'not a file of schedules: it is not UTF-8', where: name })
  }
}
