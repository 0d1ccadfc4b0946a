import { readFileSync } from 'node:fs'
import { commands } from './commands.ts'
import { runProgram } from './frame/run-program.ts'

// `qernel emit … | head` closes the pipe early: what is left to print has no reader, and that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
const summary = 'Compiles one definition of a quantization kernel to WGSL and CUDA, and runs it.'

// Not `process.exit`: whatever is still on its way to a pipe gets there.
process.exitCode = await runProgram({ name: 'qernel', version, summary, commands }, process.argv.slice(2), process)
