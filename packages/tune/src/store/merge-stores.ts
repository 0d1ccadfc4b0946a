/** Joins the stores of a job array. */
import { recordLine, type StoredRecord } from './record-line.ts'
import { readStore, StoreFile, storeNotes } from './store-file.ts'

/** What was joined. */
export interface Merged {
  /** Records that the store did not have, and those that it had or that came more than once. */
  readonly added: number
  readonly repeated: number
  /** Remarks about lines that are not used. */
  readonly notes: readonly string[]
}

/**
 * Appends what other stores hold, each record once: to merge again changes nothing.
 * @throws StoreError if one of them is not a store, or another process writes to the first; what the file system throws
 */
export function mergeStores(path: string, others: readonly string[]): Merged {
  const read = others.map(other => ({ other, content: readStore(other) }))
  const store = StoreFile.open(path)
  try {
    const notes = [
      storeNotes(path, store.content),
      ...read.map(({ other, content }) => storeNotes(other, content)),
    ].flat()
    const seen = new Set(store.content.records.map(({ record }) => recordLine(record)))
    const added: StoredRecord[] = []
    let repeated = 0
    for (const { content } of read) {
      for (const { record } of content.records) {
        const line = recordLine(record)
        if (seen.has(line)) repeated++
        else {
          seen.add(line)
          added.push(record)
        }
      }
    }
    store.appendAll(added)
    return { added: added.length, repeated, notes }
  } finally {
    store.close()
  }
}
