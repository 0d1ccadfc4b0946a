import { runCommandLine } from './command-line.ts'
import { fileError } from './errors/file-error.ts'
import { renderUsageError } from './errors/render-error.ts'
import { UsageError } from './errors/usage-error.ts'

// `qernel emit … | head` closes the pipe early: what is left to print has no reader, and that is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  const refused = fileError(error, 'standard output', 'write')
  if (!(refused instanceof UsageError)) throw error
  process.stderr.write(renderUsageError('qernel', refused))
  process.exit(2)
})

// Not `process.exit`: whatever is still on its way to a pipe gets there.
process.exitCode = await runCommandLine(process.argv.slice(2), process)
