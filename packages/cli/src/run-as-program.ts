import { runCommandLine } from './command-line.ts'
import { watchedRows } from './commands/bench/watched-rows.ts'
import { fileError } from './errors/file-error.ts'
import { renderUsageError } from './errors/render-error.ts'
import { UsageError } from './errors/usage-error.ts'
import { painted, wantsColours } from './frame/style.ts'

/** Runs the command line of this process, and sets its exit code: not `process.exit`, so that output still on its way to a pipe arrives. */
export async function runAsProgram(program: string): Promise<void> {
  // `qernel emit … | head` closes the pipe early: the remaining output has no reader, which is not an error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    const refused = fileError(error, 'standard output', 'write')
    if (!(refused instanceof UsageError)) throw error
    process.stderr.write(painted(renderUsageError('qernel', refused), wantsColours(process.stderr.isTTY, process.env)))
    process.exit(2)
  })
  const argv = process.argv.slice(2)
  // It may load drivers that take the process down, and it may never end.
  if (argv[0] === 'bench' && process.env[watchedRows] === undefined) {
    const { watchBench } = await import('./commands/bench/watch.ts')
    process.exitCode = await watchBench(program, argv)
    return
  }
  if (process.env[watchedRows] !== undefined) (await import('@qernel/tune/worker')).dieWithParent()
  process.exitCode = await runCommandLine(argv, {
    stdout: ofProcess(process.stdout),
    stderr: ofProcess(process.stderr),
  })
}

const ofProcess = (stream: NodeJS.WriteStream) => ({
  write: (text: string) => stream.write(text),
  isTTY: stream.isTTY,
  // 80 if the terminal does not say.
  ...(stream.isTTY ? { columns: stream.columns ?? 80 } : {}),
  hasColours: wantsColours(stream.isTTY, process.env),
})
