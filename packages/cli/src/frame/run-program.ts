import { ArrayFileError } from '@qernel/arrays'
import { visibleJson } from '@qernel/dsl/internal'
import { renderUsageError, usageErrorToJson } from '../errors/render-error.ts'
import { UsageError, unknownName } from '../errors/usage-error.ts'
import type { AnyCommand, CommandResult, CommandStreams, OptionSpec, Program } from './command.ts'
import { commandHelp, programHelp } from './help.ts'
import { commandJson, programJson } from './help-json.ts'
import { parseArguments } from './parse-arguments.ts'
import { progressOn } from './progress.ts'
import { painted } from './style.ts'

/**
 * 0 done, 1 a check failed, 2 wrong usage or bad input, 3 and 4 see `CommandResult`, 70 a bug in this program (EX_SOFTWARE of sysexits.h), 130 and 143 stopped by
 * SIGINT and SIGTERM, as shells number them.
 */
export type ExitCode = CommandResult['exitCode'] | 2 | 70

/**
 * Runs one command line and returns its exit code. Never throws: any error becomes one message on standard error and,
 * with `--json` anywhere on the line, also `{"error": {…}}` on standard output.
 * @param argv the words after the program's name
 */
export async function runProgram(
  program: Program,
  argv: readonly string[],
  { stdout, stderr }: CommandStreams,
): Promise<ExitCode> {
  const streams = { stdout: visible(stdout), stderr: visible(stderr) }
  const width = stdout.columns
  let speaker = program.name
  const json = wantsJson(argv)
  const progress = progressOn(stderr, json)
  try {
    // `qernel --json emit …` means the same as `qernel emit … --json`.
    const [first, ...rest] = argv[0] === '--json' ? argv.slice(1) : argv
    if (first === undefined) {
      streams.stderr.write(programHelp(program, stderr.columns))
      return 2
    }
    if (first === '--version' || first === '-v') {
      streams.stdout.write(json ? print({ version: program.version }) : `${program.version}\n`)
      return 0
    }
    if (first === '--help' || first === '-h' || first === 'help') {
      const about = rest.find(word => word !== '--json')
      const command = about === undefined ? undefined : findCommand(program, about)
      streams.stdout.write(
        json
          ? print(command === undefined ? programJson(program) : commandJson(command))
          : command === undefined
            ? programHelp(program, width)
            : commandHelp(program, command, width),
      )
      return 0
    }
    if (first.startsWith('-')) {
      throw unknownName('option', first, ['--help', '--version', '--json'], {
        hint: 'the options of a command follow its name',
      })
    }
    const command = findCommand(program, first)
    speaker = `${program.name} ${command.name}`
    const { positionals, options } = parseArguments(program.name, command, rest)
    if (options.help === true) {
      streams.stdout.write(json ? print(commandJson(command)) : commandHelp(program, command, width))
      return 0
    }
    for (const [name, spec] of Object.entries<OptionSpec>(command.options)) {
      const given = options[name]
      if (spec.type === 'string' && typeof given !== 'boolean' && given !== undefined && given.length > 0)
        await spec.before?.(typeof given === 'string' ? [given] : given)
    }
    const run = await command.load()
    // The options were checked against the specs from which the command's own types are derived.
    const result = await run({ positionals, options: options as never, json, ...progress })
    progress.status('')
    if (!json && result.remark !== undefined) streams.stderr.write(result.remark)
    streams.stdout.write(json ? print(result.json) : result.text)
    return result.exitCode
  } catch (thrown) {
    progress.status('')
    const error = thrown instanceof ArrayFileError ? new UsageError(thrown, { cause: thrown }) : thrown
    if (error instanceof UsageError) {
      streams.stderr.write(renderUsageError(speaker, error))
      if (json) streams.stdout.write(print({ error: usageErrorToJson(error) }))
      return error.exitCode
    }
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    streams.stderr.write(
      `${speaker}: this is a bug in ${program.name} ${program.version}; please report it with what follows\n`,
    )
    streams.stderr.write(`${argv.join(' ')}\n${stack}\n`)
    if (json) {
      const message = error instanceof Error ? error.message : String(error)
      streams.stdout.write(print({ error: { kind: 'bug', exitCode: 70, message, stack } }))
    }
    return 70
  }
}

/** A stream on which no printed name or text can move the cursor, change a colour or reverse the writing direction. */
const visible = (stream: CommandStreams['stdout']) => ({
  write: (text: string): void => void stream.write(painted(text, stream.hasColours === true)),
})

/** Determined before the arguments are checked, since an error about them must be printed in the requested form. */
function wantsJson(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return argv.slice(0, end < 0 ? argv.length : end).includes('--json')
}

/** JSON has no NaN and no infinities; `null` would hide which one it was. */
const print = (value: unknown): string =>
  `${visibleJson(JSON.stringify(value, (_, part) => (typeof part === 'number' && !Number.isFinite(part) ? String(part) : part), 2))}\n`

function findCommand(program: Program, name: string): AnyCommand {
  const found = program.commands.find(command => command.name === name)
  if (found !== undefined) return found
  const names = program.commands.map(command => command.name)
  throw unknownName('command', name, names, { hint: `see ${program.name} --help` })
}
