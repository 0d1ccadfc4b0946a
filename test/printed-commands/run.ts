/** Runs `qernel` in this process, with less work than a printed command requests. */
import { fileURLToPath } from 'node:url'
import { runCommandLine } from '@qernel/cli'

// Workers run the built program, without the loader of this process.
process.env.QERNEL_TUNE_PROGRAM = fileURLToPath(new URL('../../packages/cli/dist/main.js', import.meta.url))
process.execArgv = []

export interface Ran {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

export async function run(words: readonly string[]): Promise<Ran> {
  const written = { stdout: '', stderr: '' }
  const exitCode = await runCommandLine(words, {
    stdout: { write: (text: string) => (written.stdout += text) },
    stderr: { write: (text: string) => (written.stderr += text) },
  })
  return { exitCode, ...written }
}

/** Options whose values only say how much is tried, with values that take little time. */
const little: Readonly<Record<string, readonly string[]>> = {
  check: ['--cases', '2'],
  bench: ['--sizes', '16x64', '--rounds', '1', '--repeats', '1'],
  tune: ['--sizes', '16x64', '--budget', '2'],
  accuracy: ['--tokens', '128', 'int8_per_channel'],
}

/** The same command with little work. A `check` line that replays one case is unchanged. */
export function onLittle(words: readonly string[]): string[] {
  const [command = ''] = words
  const some = words.includes('--values') ? [] : (little[command] ?? [])
  const hasKernel = words[1] !== undefined && !words[1].startsWith('-')
  const options = some.filter(word => !hasKernel || word !== 'int8_per_channel')
  const names = options.filter(word => word.startsWith('--'))
  const isKept = (_: string, at: number) => !names.includes(words[at] ?? '') && !names.includes(words[at - 1] ?? '')
  return [...words.filter(isKept), ...options]
}

/** A machine without an NVIDIA GPU says so. */
export const lacksCuda = (words: readonly string[], { stdout, stderr }: Ran): boolean =>
  words.includes('cuda') && words.includes('--device') && /No CUDA (device|compiler)/.test(stdout + stderr)
