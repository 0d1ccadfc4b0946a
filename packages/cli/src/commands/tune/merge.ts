/** `qernel tune merge`: joins stores. A record that is in several of them is kept once, so that merging again changes nothing. */
import { existsSync } from 'node:fs'
import { mergeStores } from '@qernel/tune'
import { storeError } from '../../errors/store-error.ts'
import { UsageError } from '../../errors/usage-error.ts'
import { checkReadable } from '../../files/read-text.ts'
import { checkWritable } from '../../files/write-whole.ts'
import type { RunCommand } from '../../frame/command.ts'
import { counted } from '../../report/quantities.ts'
import type { tuneOptions } from './options.ts'
import { storeOption } from './stores.ts'

export const merge: RunCommand<typeof tuneOptions> = ({ options, progress }) => {
  const path = storeOption(options.store)
  const { from } = options
  if (from.length === 0)
    throw new UsageError({ what: 'nothing to merge', where: '--from', allowed: '--from FILE.jsonl, once or more' })
  for (const each of from) {
    checkReadable(each)
  }
  if (!existsSync(path)) checkWritable(path)
  try {
    const { added, repeated, notes } = mergeStores(path, from)
    for (const note of notes) progress(note)
    const text = `${path}: ${counted(added, 'record')} of ${counted(from.length, 'store')} added; ${repeated} were there\n`
    return { exitCode: 0, text, json: { store: path, added, repeated, notes } }
  } catch (error) {
    throw storeError(error, path)
  }
}
