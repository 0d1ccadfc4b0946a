/** Tests that start `qernel`, or Node with a package, run what users get: the built files, which are rebuilt here if they are out of date. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

export default function build(): void {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const { status, stdout, error } = spawnSync('node_modules/.bin/tsc', ['-b', 'packages'], {
    cwd: root,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  if (error !== undefined) throw error
  if (status !== 0) throw new Error(`The packages do not compile, and some tests start them:\n${stdout}`)
}
