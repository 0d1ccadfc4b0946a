/** Reads stores that are there. */
import { readStore, storeNotes, type TuningRecord, tuningRecords } from '@qernel/tune'
import { storeError } from '../../errors/store-error.ts'
import { UsageError } from '../../errors/usage-error.ts'
import { checkReadable } from '../../files/read-text.ts'

/** @throws UsageError if the option is not given */
export function storeOption(path: string | undefined): string {
  if (path !== undefined) return path
  throw new UsageError({ what: 'the store is missing', where: '--store', allowed: '--store FILE.jsonl' })
}

export interface ReadRecords {
  readonly records: readonly TuningRecord[]
  /** Remarks about lines that are not used. */
  readonly notes: readonly string[]
}

/** @throws UsageError if it cannot be read, or is not a store */
export function openStore(path: string): ReadRecords {
  checkReadable(path)
  try {
    const content = readStore(path)
    return { records: tuningRecords(content.records, path), notes: storeNotes(path, content) }
  } catch (error) {
    throw storeError(error, path)
  }
}
