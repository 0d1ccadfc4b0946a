import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { commands } from '../src/commands.ts'
import { runProgram } from '../src/frame/run-program.ts'

/** The program that `npx qernel` starts. */
const bin = fileURLToPath(new URL('../bin/qernel.js', import.meta.url))

export interface Finished {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

/**
 * Runs the built `qernel` as a separate process, and waits for its end.
 * @param output a file that receives standard output
 */
export function qernel(
  argv: readonly string[],
  environment: Record<string, string> = {},
  output: 'pipe' | number = 'pipe',
): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [bin, ...argv], {
      env: { ...process.env, FORCE_COLOR: '0', ...environment },
      stdio: ['ignore', output, 'pipe'],
    })
    const written = { stdout: '', stderr: '' }
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      written.stdout += text
    })
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      written.stderr += text
    })
    child.on('error', reject)
    child.on('close', exitCode => resolve({ exitCode, ...written }))
  })
}

/** The same in this process, which is 100 times as fast, for the many messages that need no separate process. */
export async function inThisProcess(argv: readonly string[]): Promise<Finished> {
  const written = { stdout: '', stderr: '' }
  const exitCode = await runProgram({ name: 'qernel', version: '1.2.3', summary: '', commands }, argv, {
    stdout: { write: text => (written.stdout += text) },
    stderr: { write: text => (written.stderr += text) },
  })
  return { exitCode, ...written }
}

/** One refusal: what is wrong with a command line, and parts of the message. */
export interface Refusal {
  readonly what: string
  readonly argv: readonly string[]
  readonly says: readonly string[]
  /** Whether it runs as a separate process. */
  readonly asProcess?: boolean
}
