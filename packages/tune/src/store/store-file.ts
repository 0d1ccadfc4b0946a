/** A file that grows by whole records, over several runs of a program. */
import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmdirSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { lineStart, readLine, recordLine, type StoredRecord } from './record-line.ts'
import { StoreError } from './store-error.ts'
import { lockStore } from './store-lock.ts'

/** A record and the number of its line, from 1. */
export interface PlacedRecord {
  readonly record: StoredRecord
  readonly line: number
}

/** A line that is not used. It stays in the file. */
export interface UnusedLine {
  readonly line: number
  /** Worded so that it can follow "the line". */
  readonly problem: string
}

/** What a store holds. */
export interface StoreContent {
  readonly records: readonly PlacedRecord[]
  readonly unused: readonly UnusedLine[]
  /** Bytes of a last line that was cut short; the first appended record takes their place. */
  readonly cutBytes: number
}

/**
 * What a store holds, without the right to write to it.
 * @throws StoreError if it is not a store; what the file system throws
 */
export const readStore = (path: string): StoreContent => contentOf(readFileSync(path), path)

/** The notes that a reader of the content should see: which lines are not used, and why. */
export function storeNotes(path: string, { unused, cutBytes }: StoreContent): string[] {
  const byProblem = new Map<string, number[]>()
  for (const { line, problem } of unused) {
    const lines = byProblem.get(problem) ?? []
    byProblem.set(problem, lines)
    lines.push(line)
  }
  const notes = [...byProblem].map(([problem, lines]) => {
    if (lines.length === 1) return `${path}:${lines[0]}: the line ${problem}; it is not used`
    const shown = lines.length > 8 ? [...lines.slice(0, 7), `${lines.length - 7} more`] : lines
    return `${path}: of lines ${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}, each ${problem}; they are not used`
  })
  return cutBytes === 0 ? notes : [...notes, `${path}: the last line was cut short (${cutBytes} bytes) and is dropped`]
}

/** A store that this process may append to; no other process may meanwhile. */
export class StoreFile {
  readonly path: string
  readonly content: StoreContent
  readonly #unlock: () => void
  #descriptor: number | undefined
  #bytes: number
  #endsInLine: boolean

  private constructor(path: string, content: StoreContent, unlock: () => void, bytes: number, endsInLine: boolean) {
    this.path = path
    this.content = content
    this.#unlock = unlock
    this.#bytes = bytes
    this.#endsInLine = endsInLine
  }

  /**
   * Opens a store, or a path where one can be made. Its text is not changed before the first record is appended.
   * @throws StoreError if it is not a store, or another process writes to it; what the file system throws
   */
  static open(path: string): StoreFile {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found !== undefined && !found.isFile())
      throw new StoreError({ what: 'cannot append to it: not a regular file', where: path })
    // Hours may pass before the first record, and the folder does not show whether this file is writable.
    if (found !== undefined) closeSync(openSync(path, 'a'))
    const firstMade = mkdirSync(dirname(path), { recursive: true })
    const unlock = lockStore(path)
    const release = () => {
      unlock()
      if (firstMade !== undefined) removeEmpty(dirname(resolve(path)), resolve(firstMade))
    }
    try {
      const bytes = found === undefined ? Buffer.alloc(0) : readFileSync(path)
      const content = contentOf(bytes, path)
      const kept = bytes.length - content.cutBytes
      return new StoreFile(path, content, release, bytes.length, kept > 0 && bytes[kept - 1] !== lineBreak)
    } catch (error) {
      release()
      throw error
    }
  }

  /**
   * Appends a record and waits until it is on the disk. A record that does not fit there leaves no trace.
   * @throws StoreError if somebody else has written to the file; what the file system throws
   */
  append(record: StoredRecord): void {
    this.appendAll([record])
  }

  /** The same for several, with one write. */
  appendAll(records: readonly StoredRecord[]): void {
    if (records.length === 0) return
    const isFirst = this.#descriptor === undefined
    this.#descriptor ??= openSync(this.path, 'a')
    const descriptor = this.#descriptor
    if (fstatSync(descriptor).size !== this.#bytes) {
      const what = 'another program has changed it meanwhile'
      throw new StoreError({ what, where: this.path, hint: 'what is there now stays; run the same command again' })
    }
    if (isFirst && this.content.cutBytes > 0) {
      ftruncateSync(descriptor, this.#bytes - this.content.cutBytes)
      this.#bytes -= this.content.cutBytes
    }
    const lines = records.map(record => `${recordLine(record)}\n`)
    const bytes = Buffer.from(`${this.#endsInLine ? '\n' : ''}${lines.join('')}`)
    try {
      // A nearly full disk accepts only a part; the next write reports why.
      for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written)
      fdatasyncSync(descriptor)
    } catch (error) {
      ftruncateSync(descriptor, this.#bytes)
      throw error
    }
    this.#bytes += bytes.length
    this.#endsInLine = false
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
    this.#unlock()
  }
}

const lineBreak = 0x0a

/** @throws StoreError if none of the lines begins like a record: it is somebody else's file */
function contentOf(bytes: Buffer, path: string): StoreContent {
  const texts = bytes.toString('utf8').split('\n')
  const last = texts.pop() ?? ''
  const records: PlacedRecord[] = []
  const unused: UnusedLine[] = []
  for (const [position, text] of texts.entries()) {
    if (text === '') continue
    const line = position + 1
    const read = readLine(text)
    if ('record' in read) records.push({ record: read.record, line })
    else unused.push({ line, problem: read.problem })
  }
  const read = readLine(last)
  if ('record' in read) records.push({ record: read.record, line: texts.length + 1 })
  const isCut = last !== '' && !('record' in read)
  const isOurs = records.length > 0 || texts.some(text => text.startsWith(lineStart))
  if (!isOurs && (unused.length > 0 || (isCut && !last.startsWith(lineStart) && !lineStart.startsWith(last)))) {
    throw new StoreError({
      what: `${path} is not a store of results`,
      where: path,
      allowed: `a file that qernel has written, of lines such as ${lineStart}…",…,"sum":"0a1b2c3d"}`,
    })
  }
  return { records, unused, cutBytes: isCut ? bytes.length - (bytes.lastIndexOf(lineBreak) + 1) : 0 }
}

/** Removes a folder and its parents up to `first`, as long as they are empty. */
function removeEmpty(folder: string, first: string): void {
  for (let at = folder; at.startsWith(first); at = dirname(at)) {
    try {
      rmdirSync(at)
    } catch {
      return
    }
  }
}
