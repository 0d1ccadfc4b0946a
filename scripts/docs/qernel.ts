import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import * as v from 'valibot'

export const root = join(import.meta.dirname, '..', '..')

/** The output of `qernel ARGS`, run from source. Documentation shows what a reader gets, so it comes from the command itself. */
export function qernel(...args: readonly string[]): string {
  const program = join(root, 'packages/cli/src/main.ts')
  const tsx = join(root, 'node_modules/tsx/dist/cli.mjs')
  const { status, stdout, stderr } = spawnSync(process.execPath, [tsx, '-C', '@qernel/source', program, ...args], {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  if (status !== 0 && status !== 2) throw new Error(`qernel ${args.join(' ')} failed:\n${stderr}`)
  return status === 0 ? stdout : stderr
}

/** Several command lines in one process, which is faster: the output of each. */
export function qernelAll(lines: readonly (readonly string[])[]): string[] {
  const tsx = join(root, 'node_modules/tsx/dist/cli.mjs')
  const program = join(root, 'scripts/docs/command-lines.ts')
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [tsx, '-C', '@qernel/source', program, JSON.stringify(lines)],
    { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 },
  )
  if (status !== 0) throw new Error(`command lines failed:\n${stderr}`)
  return v.parse(v.array(v.string()), JSON.parse(stdout))
}
