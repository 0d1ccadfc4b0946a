/** Existing files in the place of those that a command would write. */
import { readFileSync, statSync } from 'node:fs'
import { UsageError } from '../errors/usage-error.ts'

/**
 * Refuses to replace files that are not the command's own: a name may be mistyped, and a project may have its own CMakeLists.txt.
 * Files that cannot be read and empty files are left to the writer.
 *
 * @param whose says of the text of an existing file which file would be lost; undefined where it may be replaced
 * @throws UsageError
 */
export function refuseToOverwrite(
  paths: readonly string[],
  whose: (text: string, path: string) => string | undefined,
): void {
  for (const path of paths) {
    let text: string
    try {
      if (!statSync(path).isFile()) continue
      text = readFileSync(path, 'utf8')
    } catch {
      continue
    }
    const lost = text === '' ? undefined : whose(text, path)
    if (lost === undefined) continue
    throw new UsageError({
      what: `this would replace ${lost}`,
      where: path,
      hint: 'choose another name or folder, move the file, or replace it with --force',
    })
  }
}
