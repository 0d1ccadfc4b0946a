/** Runs command lines, given as JSON, and prints what each printed, as JSON: one process for a whole page. */
import { runCommandLine } from '@qernel/cli'

const lines: readonly (readonly string[])[] = JSON.parse(process.argv[2] as string)
const printed: string[] = []
for (const argv of lines) {
  let text = ''
  const stream = { write: (part: string) => (text += part) }
  const exitCode = await runCommandLine(argv, { stdout: stream, stderr: stream })
  if (exitCode !== 0 && exitCode !== 2) throw new Error(`qernel ${argv.join(' ')} ended with ${exitCode}:\n${text}`)
  printed.push(text)
}
process.stdout.write(JSON.stringify(printed))
