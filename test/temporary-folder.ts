import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

/** A folder that exists while the tests of a file run. */
export function temporaryFolder(): {
  readonly path: string
  file(name: string, content?: string | Uint8Array): string
} {
  const path = mkdtempSync(join(tmpdir(), 'qernel-cli-'))
  afterAll(() => rmSync(path, { recursive: true, force: true }))
  return {
    path,
    /** The path of a file in the folder, which is written first if content is given. */
    file(name, content) {
      const file = join(path, name)
      if (content !== undefined) writeFileSync(file, content)
      return file
    },
  }
}
