import { closeSync, openSync, readFileSync, readSync } from 'node:fs'
import { fileError } from '../errors/file-error.ts'

/**
 * The text of a file.
 * @throws UsageError if it cannot be read
 */
export function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw fileError(error, path, 'read')
  }
}

/**
 * Reads one byte of a file that other code will read as a whole.
 * @throws UsageError if it cannot be read
 */
export function checkReadable(path: string): void {
  try {
    const file = openSync(path, 'r')
    try {
      readSync(file, new Uint8Array(1))
    } finally {
      closeSync(file)
    }
  } catch (error) {
    throw fileError(error, path, 'read')
  }
}
