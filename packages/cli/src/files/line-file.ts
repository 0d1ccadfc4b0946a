/** A file that grows by whole lines of JSON, over several runs of a program. */
import {
  closeSync,
  fdatasyncSync,
  fstatSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { fileError } from '../errors/file-error.ts'
import { UsageError } from '../errors/usage-error.ts'
import { checkWritable } from './write-whole.ts'

export interface JsonLine {
  readonly value: unknown
  /** The line number, from 1. */
  readonly number: number
}

export class LineFile {
  readonly path: string
  /** The lines that the file held when it was opened. */
  readonly lines: readonly JsonLine[]
  /** Bytes of an incomplete last line; the first appended line replaces them. */
  readonly cutBytes: number
  readonly #bytes: number
  /** Whether the last line is complete except for its line break. */
  readonly #endsInLine: boolean
  #descriptor: number | undefined

  private constructor(path: string, lines: readonly JsonLine[], bytes: number, cutBytes: number, endsInLine: boolean) {
    this.path = path
    this.lines = lines
    this.#bytes = bytes
    this.cutBytes = cutBytes
    this.#endsInLine = endsInLine
  }

  /**
   * Reads a file. Neither it nor its folder need exist yet. Nothing is written before the first line is appended.
   * @param start the start of every line of such a file: other text that is not JSON belongs to someone else and is refused
   * @param allowed the form of the lines, for messages
   * @throws UsageError if the path is to blame, or a line is not JSON
   */
  static open(path: string, start: string, allowed: string): LineFile {
    const bytes = contentOf(path)
    if (bytes === undefined) {
      checkWritable(path)
      return new LineFile(path, [], 0, 0, false)
    }
    const texts = bytes.toString('utf8').split('\n')
    const last = texts.pop() ?? ''
    const lines = texts.flatMap((text, position) => {
      const number = position + 1
      if (text.trim() === '') return []
      const value = parsed(text)
      if (value !== undefined) return { value, number }
      throw new UsageError({ what: 'the line is not JSON', where: `${path}:${number}`, allowed })
    })
    const value = parsed(last)
    if (value !== undefined) lines.push({ value, number: texts.length + 1 })
    else if (!last.startsWith(start) && !start.startsWith(last)) {
      throw new UsageError({ what: 'the line is not JSON', where: `${path}:${texts.length + 1}`, allowed })
    }
    const cutBytes = value === undefined ? bytes.length - (bytes.lastIndexOf('\n') + 1) : 0
    return new LineFile(path, lines, bytes.length, cutBytes, value !== undefined)
  }

  /**
   * Appends a line with one write, and waits until it is on the disk.
   * @throws UsageError if the disk is full, or the path is to blame
   */
  append(value: unknown): void {
    try {
      const isFirst = this.#descriptor === undefined
      if (isFirst) mkdirSync(dirname(this.path), { recursive: true })
      this.#descriptor ??= openSync(this.path, 'a')
      // Another process may have written its own line in the meantime.
      const isAsRead = isFirst && this.cutBytes > 0 && fstatSync(this.#descriptor).size === this.#bytes
      if (isAsRead) ftruncateSync(this.#descriptor, this.#bytes - this.cutBytes)
      const bytes = Buffer.from(`${isFirst && this.#endsInLine ? '\n' : ''}${JSON.stringify(value)}\n`)
      // A nearly full disk accepts only a part; the next write reports why.
      for (let written = 0; written < bytes.length; ) written += writeSync(this.#descriptor, bytes, written)
      fdatasyncSync(this.#descriptor)
    } catch (error) {
      throw fileError(error, this.path, 'write')
    }
  }

  close(): void {
    if (this.#descriptor !== undefined) closeSync(this.#descriptor)
    this.#descriptor = undefined
  }
}

/** The contents of an appendable file; undefined if there is none. */
function contentOf(path: string): Buffer | undefined {
  try {
    const found = statSync(path, { throwIfNoEntry: false })
    if (found === undefined) return undefined
    if (!found.isFile()) throw new UsageError({ what: 'cannot append to it: not a regular file', where: path })
    // Hours may pass before the first line, and the folder does not show whether this file is writable.
    closeSync(openSync(path, 'a'))
  } catch (error) {
    throw fileError(error, path, 'write')
  }
  try {
    return readFileSync(path)
  } catch (error) {
    throw fileError(error, path, 'read')
  }
}

/** The value of a JSON line; undefined, which is never a JSON value, for other text. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
