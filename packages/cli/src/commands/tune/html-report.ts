/** `qernel tune report`: what a store holds, as one page. */
import { searchesOf } from '@qernel/tune/database'
import { fileOption } from '../../arguments/file.ts'
import { UsageError } from '../../errors/usage-error.ts'
import { refuseToOverwrite } from '../../files/refuse-to-overwrite.ts'
import { writeWhole } from '../../files/write-whole.ts'
import type { RunCommand } from '../../frame/command.ts'
import { counted } from '../../report/quantities.ts'
import { isOwnPage, searchPage } from './html/page.ts'
import type { tuneOptions } from './options.ts'
import { openStore, storeOption } from './stores.ts'

export const htmlReport: RunCommand<typeof tuneOptions> = ({ options, progress }) => {
  const path = storeOption(options.store)
  if (options.html === undefined) {
    throw new UsageError({
      what: 'the file of the page is missing',
      where: '--html',
      allowed: '--html FILE',
    })
  }
  const { records, notes } = openStore(path)
  for (const note of notes) progress(note)
  const searches = searchesOf(records)
  if (searches.length === 0) throw new UsageError({ what: 'the store holds no search', where: path })
  const page = searchPage(searches, path)
  const output = fileOption(options.html)
  if (output === undefined) return { exitCode: 0, text: page, json: { store: path, page } }
  if (!options.force)
    refuseToOverwrite([output], text => (isOwnPage(text) ? undefined : 'a file that qernel did not make'))
  writeWhole(output, page)
  const candidates = searches.reduce((sum, { outcomes }) => sum + outcomes.length, 0)
  return {
    exitCode: 0,
    text: `wrote ${output}: ${counted(candidates, 'candidate')}\n`,
    json: { store: path, file: output, candidates },
  }
}
