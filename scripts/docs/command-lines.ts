/** Runs command lines, given as JSON, and prints the output of each as JSON: one process for a whole page. */
import { runCommandLine } from '@qernel/cli'
import * as v from 'valibot'

const lines = v.parse(v.array(v.array(v.string())), JSON.parse(process.argv[2] ?? ''))
const printed: string[] = []
for (const argv of lines) {
  let output = ''
  let errors = ''
  const exitCode = await runCommandLine(argv, {
    stdout: { write: (part: string) => (output += part) },
    stderr: { write: (part: string) => (errors += part) },
  })
  if (exitCode !== 0 && exitCode !== 2) throw new Error(`qernel ${argv.join(' ')} ended with ${exitCode}:\n${errors}`)
  // If a command succeeds, standard error holds only its progress, which depends on the machine.
  printed.push(exitCode === 0 && output !== '' ? output : errors)
}
process.stdout.write(JSON.stringify(printed))
