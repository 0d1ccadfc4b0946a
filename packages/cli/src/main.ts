import { runCommandLine } from './command-line.ts'

// `qernel emit … | head` closes the pipe early: what is left to print has no reader, and that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

// Not `process.exit`: whatever is still on its way to a pipe gets there.
process.exitCode = await runCommandLine(process.argv.slice(2), process)
