import { readdirSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { likelyMeant, type MessageParts } from '@qernel/dsl/internal'

/** The operating system's error codes, in words for whoever typed the path. */
const meanings: Readonly<Record<string, string>> = {
  EACCES: 'no permission',
  EPERM: 'no permission',
  EROFS: 'the file system is read-only',
  EISDIR: 'is a folder, not a file',
  ENOTDIR: 'a part of the path is a file, not a folder',
  ENOENT: 'no such file',
  ENAMETOOLONG: 'the name is too long',
  ELOOP: 'too many symbolic links',
  EMFILE: 'too many open files',
  ENOSPC: 'no space left on the device',
  EDQUOT: 'the disk quota is used up',
  EFBIG: 'the file would be too large',
  EIO: 'the device failed to read or write',
  EBUSY: 'the file is in use',
  ENXIO: 'is a socket, or a pipe or device that nobody reads',
  EEXIST: 'a file of that name is in the way',
}

/** The problem with the path, from the error of a file operation; undefined if the path is not to blame. */
export function pathProblem(error: unknown, path: string, doing: 'read' | 'write'): MessageParts | undefined {
  if (!(error instanceof Error)) return undefined
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  // A path with a zero byte never reaches the operating system.
  const meaning = code === 'ERR_INVALID_ARG_VALUE' ? 'not a valid path' : meanings[code]
  if (meaning === undefined) return undefined
  const meant = code === 'ENOENT' ? nearestSibling(path) : undefined
  return {
    what: `cannot ${doing} the file: ${meaning}`,
    where: path,
    ...(meant === undefined ? {} : { nearest: meant }),
  }
}

function nearestSibling(path: string): string | undefined {
  const folder = dirname(path)
  try {
    const name = likelyMeant(basename(path), readdirSync(folder))
    return name === undefined ? undefined : join(folder, name)
  } catch {
    // The folder itself cannot be listed; the message stands without a suggestion.
    return undefined
  }
}
