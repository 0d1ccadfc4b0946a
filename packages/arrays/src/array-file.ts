import { type FileHandle, open } from 'node:fs/promises'
import { ArrayFileError } from './array-file-error.ts'
import { pathProblem } from './path-problem.ts'

/** How much of a file is held at a time. */
const WINDOW_BYTES = 4 * 2 ** 20

/** An open file that is read in pieces, by offset, with at most one window of it in memory. */
export interface ArrayFile {
  readonly path: string
  /** Length of the file in bytes. A header that claims more allocates nothing. */
  readonly size: number
  /** The largest piece that one `read` returns, bytes. */
  readonly window: number
  /** Bytes `offset … offset + length − 1`; valid until the next call. `length` is at most `window`. */
  read(offset: number, length: number): Promise<Uint8Array>
  /** The same as a copy, of any length within the file. */
  readCopy(offset: number, length: number): Promise<Uint8Array>
}

/**
 * Opens a file, hands it to `use`, and closes it whatever happens.
 * @throws ArrayFileError where the file is missing, a folder, a pipe, or cannot be read
 */
export async function withArrayFile<Result>(path: string, use: (file: ArrayFile) => Promise<Result>): Promise<Result> {
  let handle: FileHandle | undefined
  try {
    handle = await open(path, 'r')
    const status = await handle.stat()
    if (!status.isFile()) {
      const what = status.isDirectory() ? 'is a folder, not a file' : 'is not a regular file: its length is unknown'
      throw new ArrayFileError({ what: `cannot read the file: ${what}`, where: path })
    }
    return await use(windowed(path, handle, status.size))
  } catch (error) {
    const problem = pathProblem(error, path, 'read')
    throw problem === undefined ? error : new ArrayFileError(problem, { cause: error })
  } finally {
    await handle?.close()
  }
}

function windowed(path: string, handle: FileHandle, size: number): ArrayFile {
  const buffer = new Uint8Array(Math.min(WINDOW_BYTES, size))
  let start = 0
  let filled = 0

  const fill = async (target: Uint8Array, offset: number): Promise<void> => {
    for (let done = 0; done < target.length; ) {
      const { bytesRead } = await handle.read(target, done, Math.min(target.length - done, 2 ** 30), offset + done)
      if (bytesRead === 0) {
        throw new ArrayFileError({
          what: `the file ended at byte ${offset + done} of ${size} while it was being read`,
          where: path,
        })
      }
      done += bytesRead
    }
  }
  const check = (offset: number, length: number): void => {
    if (offset < 0 || length < 0 || offset + length > size)
      throw new RangeError(`read of ${offset}+${length} in ${size}`)
  }

  return {
    path,
    size,
    window: WINDOW_BYTES,
    async read(offset, length) {
      check(offset, length)
      if (offset < start || offset + length > start + filled) {
        filled = 0
        start = offset
        const available = Math.min(buffer.length, size - offset)
        await fill(buffer.subarray(0, available), offset)
        filled = available
      }
      return buffer.subarray(offset - start, offset - start + length)
    },
    async readCopy(offset, length) {
      check(offset, length)
      const bytes = new Uint8Array(length)
      await fill(bytes, offset)
      return bytes
    },
  }
}
