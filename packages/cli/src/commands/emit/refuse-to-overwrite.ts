/** Files that lie where emit would put one. */
import { readFileSync, statSync } from 'node:fs'
import { readProvenance } from '../../emission/provenance-line.ts'
import { UsageError } from '../../errors/usage-error.ts'

/**
 * Refuses to replace what qernel did not make: a name may be a slip, and a project may have a CMakeLists.txt of its own. What cannot be read, and what
 * holds nothing, is left to whoever writes.
 *
 * @throws UsageError
 */
export function refuseToOverwrite(paths: readonly string[]): void {
  for (const path of paths) {
    let text: string
    try {
      if (!statSync(path).isFile()) continue
      text = readFileSync(path, 'utf8')
    } catch {
      continue
    }
    if (text === '' || isGenerated(text, path)) continue
    throw new UsageError({
      what: 'this would replace a file that qernel did not make',
      where: path,
      hint: 'choose another name or folder, move the file, or replace it with --force',
    })
  }
}

function isGenerated(text: string, path: string): boolean {
  try {
    readProvenance(text, path)
    return true
  } catch {
    return false
  }
}
