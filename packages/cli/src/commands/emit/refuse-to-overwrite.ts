/** Protects existing files that emit would overwrite. */
import { readFileSync, statSync } from 'node:fs'
import { readProvenance } from '../../emission/provenance-line.ts'
import { UsageError } from '../../errors/usage-error.ts'

/**
 * Refuses to replace files that qernel did not make: a name may be mistyped, and a project may have its own
 * CMakeLists.txt. Unreadable and empty files are not checked.
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
