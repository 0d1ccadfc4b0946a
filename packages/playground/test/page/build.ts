/** Builds the page once for all tests of pages, with the command that users have. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the built page. */
    readonly page: string
  }
}

/** @returns what removes it */
export default function build({ provide }: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'qernel-page-'))
  const root = join(import.meta.dirname, '../../../..')
  execFileSync('npm', ['run', '-s', 'build:playground', '--', folder], { cwd: root, stdio: 'pipe' })
  provide('page', folder)
  return () => rmSync(folder, { recursive: true })
}
