import { randomBytes } from 'node:crypto'
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { fileError } from '../errors/file-error.ts'
import { UsageError } from '../errors/usage-error.ts'

/** The content of a file: text (UTF-8), bytes, or chunks of bytes generated while writing. */
export type FileContent = string | Uint8Array | Iterable<Uint8Array>

/** A file that is written whole or not at all. */
export interface WholeFile {
  readonly path: string
  readonly content: FileContent
}

/**
 * Writes a file whole or not at all: into a temporary file in the same folder, then renamed over `path`. Missing
 * folders are made. Nobody ever sees a partial file, and a failure leaves the previous file in place.
 * @throws UsageError where the path is to blame
 */
export function writeWhole(path: string, content: FileContent): void {
  writeAllWhole([{ path, content }])
}

/**
 * Writes several files, each whole or not at all; none is put in place before all of them are written.
 * @throws UsageError if a path is to blame
 */
export function writeAllWhole(files: readonly WholeFile[]): void {
  const prepared: Prepared[] = []
  const folders: string[] = []
  let path = ''
  try {
    for (const file of files) {
      path = file.path
      prepared.push(prepare(file, folders))
    }
    for (const file of prepared) {
      path = file.path
      file.putInPlace()
    }
  } catch (error) {
    for (const file of prepared) file.discard()
    for (const folder of folders.reverse()) removeIfEmpty(folder)
    throw fileError(error, path, 'write')
  }
}

/**
 * Checks that a file could be written before its content is computed. Nothing is left behind.
 * @throws UsageError where the path is to blame
 */
export function checkWritable(path: string): void {
  const folders: string[] = []
  try {
    prepare({ path, content: '' }, folders).discard()
  } catch (error) {
    throw fileError(error, path, 'write')
  } finally {
    for (const folder of folders.reverse()) removeIfEmpty(folder)
  }
}

interface Prepared {
  readonly path: string
  putInPlace(): void
  discard(): void
}

function prepare({ path, content }: WholeFile, folders: string[]): Prepared {
  const existing = statSync(path, { throwIfNoEntry: false })
  if (existing?.isDirectory()) {
    throw new UsageError({ what: 'cannot write the file: is a folder, not a file', where: path })
  }
  if (existing !== undefined && !existing.isFile()) {
    // /dev/stdout, /dev/null, a pipe: a rename would replace the device by a file.
    return { path, putInPlace: () => writeAndClose(openSync(path, 'w'), content, false), discard: () => {} }
  }
  // A symbolic link stays a link: the file that it names is replaced.
  const target = existing === undefined ? resolve(path) : realpathSync(path)
  makeFolder(dirname(target), folders)
  const temporary = join(dirname(target), `.${basename(target).slice(0, 200)}.${randomBytes(6).toString('hex')}.tmp`)
  const discard = () => rmSync(temporary, { force: true })
  try {
    const descriptor = openSync(temporary, 'wx', existing === undefined ? 0o666 : existing.mode & 0o777)
    writeAndClose(descriptor, content, true)
  } catch (error) {
    discard()
    throw error
  }
  return { path, putInPlace: () => renameSync(temporary, target), discard }
}

function writeAndClose(descriptor: number, content: FileContent, flush: boolean): void {
  try {
    for (const chunk of chunks(content)) {
      // One call writes at most 2 GiB, and may write less than requested.
      for (let written = 0; written < chunk.byteLength; ) {
        written += writeSync(descriptor, chunk, written, Math.min(chunk.byteLength - written, 2 ** 30))
      }
    }
    // On some file systems a full disk shows only here, and after a rename it would be too late.
    if (flush) fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}

function chunks(content: FileContent): Iterable<Uint8Array> {
  if (typeof content === 'string') return [new TextEncoder().encode(content)]
  return content instanceof Uint8Array ? [content] : content
}

/**
 * Makes a folder and its missing parents, and records what it made, outermost first. It makes them one by one, because
 * Node's own recursive form never returns if a parent cannot hold folders, such as /proc.
 */
function makeFolder(folder: string, made: string[]): void {
  const missing: string[] = []
  for (let at = folder; !existsSync(at); at = dirname(at)) missing.unshift(at)
  for (const each of missing) {
    try {
      mkdirSync(each)
      made.push(each)
    } catch (error) {
      // Another process may have made it in the meantime.
      if (!existsSync(each)) throw error
    }
  }
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // Someone else has put a file there in the meantime.
  }
}
