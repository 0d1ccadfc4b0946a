/** `qernel tune export`: a store in the formats of others, or its winners as tuned schedules. */

import { existsSync } from 'node:fs'
import { toCsv, toT4 } from '@qernel/tune'
import {
  databaseText,
  type StoredSearch,
  searchesOf,
  type TunedSchedule,
  winnerOf,
  withSchedule,
} from '@qernel/tune/database'
import { fileOption } from '../../arguments/file.ts'
import { readDatabase } from '../../arguments/tuned-schedule.ts'
import { UsageError, unknownName } from '../../errors/usage-error.ts'
import { refuseToOverwrite } from '../../files/refuse-to-overwrite.ts'
import { writeWhole } from '../../files/write-whole.ts'
import type { RunCommand } from '../../frame/command.ts'
import { counted } from '../../report/quantities.ts'
import { exportFormats, type tuneOptions } from './options.ts'
import { openStore, storeOption } from './stores.ts'

/** Every format: whether a file holds one search, and what is in it. */
const formats: Readonly<Record<(typeof exportFormats)[number], (search: StoredSearch) => string>> = {
  t4: ({ outcomes }) => `${JSON.stringify(toT4(outcomes), undefined, 2)}\n`,
  csv: ({ outcomes }) => toCsv(outcomes),
  schedules: search => databaseText([winnerOf(search)].filter(each => each !== undefined)),
}

export const exportStore: RunCommand<typeof tuneOptions> = ({ options, progress }) => {
  const path = storeOption(options.store)
  const format = exportFormats.find(each => each === (options.format ?? 't4'))
  if (format === undefined) throw unknownName('format', options.format ?? '', exportFormats, { where: '--format' })
  const { records, notes } = openStore(path)
  for (const note of notes) progress(note)
  const searches = searchesOf(records)
  const last = searches.at(-1)
  if (last === undefined) throw new UsageError({ what: 'the store holds no search', where: path })
  const output = fileOption(options.output)
  if (format === 'schedules' && output !== undefined) return addWinners(searches, output)
  if (searches.length > 1)
    progress(`note: ${path} holds ${searches.length} searches; the last one is exported, of ${last.conditions.kernel}`)
  const text = formats[format](last)
  if (output === undefined) return { exitCode: 0, text, json: { store: path, format, content: text } }
  if (!options.force) refuseToOverwrite([output], () => 'a file that is there')
  writeWhole(output, text)
  const json = { store: path, format, file: output, candidates: last.outcomes.length }
  return { exitCode: 0, text: `wrote ${output}: ${counted(last.outcomes.length, 'candidate')} as ${format}\n`, json }
}

/** Adds the winner of every search to a database, which may be there. */
function addWinners(searches: readonly StoredSearch[], file: string) {
  const winners = searches.flatMap(search => winnerOf(search) ?? [])
  writeWhole(
    file,
    databaseText(winners.reduce<readonly TunedSchedule[]>(withSchedule, existsSync(file) ? readDatabase(file) : [])),
  )
  const text = `${file}: ${counted(winners.length, 'tuned schedule')} added or replaced\n`
  return { exitCode: 0 as const, text, json: { file, schedules: winners.length } }
}
