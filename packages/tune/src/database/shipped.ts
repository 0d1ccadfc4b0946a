import { readFileSync } from 'node:fs'
import { parseDatabase, type TunedSchedule } from './entry.ts'

let shipped: readonly TunedSchedule[] | undefined

/** The schedules that come with qernel: `schedules.json` of this package. */
export const shippedSchedules = (): readonly TunedSchedule[] => {
  shipped ??= parseDatabase(readFileSync(new URL('../../schedules.json', import.meta.url), 'utf8'))
  return shipped
}
