/** Kernel files on the disk. */
import { closeSync, openSync, readSync } from 'node:fs'
import { dirname, relative, resolve } from 'node:path'
import type { SourceText } from '../syntax.ts'
import { type GatheredFiles, gatherFiles } from './gather-files.ts'

/** More bytes than a kernel file may have characters; the rest of a longer one is not read. */
const mostBytes = 2 ** 20

/**
 * Reads the text of a file.
 * @throws the errors of the file system as they are
 */
export function readSource(path: string, shown: string): SourceText {
  const file = openSync(path, 'r')
  try {
    const bytes = Buffer.alloc(mostBytes)
    return { path: shown, text: bytes.toString('utf8', 0, readSync(file, bytes)) }
  } finally {
    closeSync(file)
  }
}

/**
 * Reads a kernel file with everything that it imports from files beside it.
 *
 * @param path of the file, absolute
 * @throws KernelFileError for files that are not TypeScript
 */
export const readFiles = (
  path: string,
  entrySource: SourceText,
  parse: Parameters<typeof gatherFiles>[2],
): GatheredFiles =>
  gatherFiles(path, entrySource, parse, {
    resolve: (from, specifier) => resolve(dirname(from), specifier),
    read: (file, entry) => readSource(file, relative(dirname(entry), file).replaceAll('\\', '/')),
  })
