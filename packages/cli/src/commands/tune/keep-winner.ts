/** Keeps the schedule that a search found, for `--schedule tuned`. */
import { existsSync } from 'node:fs'
import type { TuneResult } from '@qernel/tune'
import { databaseText, tunedSchedule, withSchedule } from '@qernel/tune/database'
import { databasePath, readDatabase } from '../../arguments/tuned-schedule.ts'
import { checkWritable, writeWhole } from '../../files/write-whole.ts'

/**
 * Checks the database before a search that may take hours.
 * @throws UsageError if the file is no database, or cannot be written
 */
export function checkDatabase(given: string | undefined): void {
  const path = given ?? databasePath()
  if (existsSync(path)) readDatabase(path)
  if (given !== undefined) checkWritable(path)
}

/**
 * Writes the fastest schedule into a database.
 *
 * @param given the file; if undefined, the one in this folder or above, and nothing for a software device, whose times mean nothing
 * @returns the file; undefined if nothing was written
 * @throws UsageError if the file is there and no database
 */
export function keepWinner(
  { conditions, ranked, ceiling, end }: TuneResult,
  given: string | undefined,
): string | undefined {
  const [first] = ranked
  const isOver = end === 'done' || end === 'budget'
  if (first === undefined || !first.isFinalist || !isOver || (conditions.isSoftware && given === undefined))
    return undefined
  const path = given ?? databasePath()
  const measured = {
    id: first.candidate.id,
    median: first.timing.median,
    ...(ceiling !== undefined && { ceiling: ceiling.tbps }),
    date: new Date().toISOString(),
  }
  const there = existsSync(path) ? readDatabase(path) : []
  writeWhole(path, databaseText(withSchedule(there, tunedSchedule(conditions, measured))))
  return path
}
