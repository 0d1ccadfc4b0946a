/** Files that lie where emit would put one beside the file that was asked for. */
import { readFileSync } from 'node:fs'
import { readProvenance } from '../../emission/provenance-line.ts'
import { UsageError } from '../../errors/usage-error.ts'

/**
 * Refuses to replace what qernel did not make: nobody named these files, and a project may have a CMakeLists.txt of its own. What cannot
 * be read is left to whoever writes.
 *
 * @throws UsageError
 */
export function refuseStrangers(paths: readonly string[]): void {
  for (const path of paths) {
    let text: string
    try {
      text = readFileSync(path, 'utf8')
    } catch {
      continue
    }
    if (isGenerated(text, path)) continue
    throw new UsageError({
      what: 'a file is there that qernel did not make, and it would be replaced',
      where: path,
      hint: 'take -o FOLDER/NAME.cu with a folder that has none, or move the file',
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
