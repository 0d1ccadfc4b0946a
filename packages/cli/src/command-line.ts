import { readFileSync } from 'node:fs'
import * as v from 'valibot'
import { commands } from './commands.ts'
import type { CommandStreams } from './frame/command.ts'
import { type ExitCode, runProgram } from './frame/run-program.ts'

const manifest = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
const { version } = v.parse(v.object({ version: v.string() }), JSON.parse(manifest))
const summary = 'Compiles one definition of a quantization kernel to WGSL and CUDA, and runs it.'

/**
 * Runs one `qernel` command line in this process. It never throws and never ends the process.
 * @param argv the words after `qernel`
 * @param streams the output streams, such as `process`
 */
export const runCommandLine = (argv: readonly string[], streams: CommandStreams): Promise<ExitCode> =>
  runProgram({ name: 'qernel', version, summary, commands }, argv, streams)
