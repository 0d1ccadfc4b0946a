import { mkdirSync, statSync } from 'node:fs'
import { homedir, tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { SoftwareDriverError } from './errors.ts'

/**
 * A folder that only this user can write to and that outlives the process: `$XDG_CACHE_HOME/qernel`, `~/.cache/qernel`, or a folder in
 * the temporary folder if there is no writable home. Libraries are loaded from it, so a folder that belongs to another user is never
 * used.
 * @throws SoftwareDriverError if no such folder can be created.
 */
export function cacheFolder(): string {
  const { uid } = userInfo()
  const candidates = [
    ...(process.env.XDG_CACHE_HOME ? [join(process.env.XDG_CACHE_HOME, 'qernel')] : []),
    join(homedir(), '.cache', 'qernel'),
    join(tmpdir(), `qernel-${uid}`),
  ]
  const reasons: string[] = []
  for (const folder of candidates) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o700 })
      const { uid: owner, mode } = statSync(folder)
      const othersMayWrite = (mode & 0o022) !== 0
      if (owner === uid && !othersMayWrite) return folder
      reasons.push(`${folder} ${owner === uid ? 'can be written by others' : 'belongs to another user'}`)
    } catch (error) {
      reasons.push(error instanceof Error ? error.message : String(error))
    }
  }
  throw new SoftwareDriverError(`There is no folder to unpack the software driver into: ${reasons.join('; ')}`)
}
