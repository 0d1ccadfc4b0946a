import type { AnyCommand, OptionSpec, OptionSpecs, Program } from './command.ts'
import { commonOptions, synopsis } from './parse-arguments.ts'

/** What `qernel --help` prints. */
export function programHelp(program: Program): string {
  return sections([
    [`${program.name} ${program.version}`, [program.summary]],
    ['Usage', [`  ${program.name} COMMAND [options]`]],
    ['Commands', aligned(program.commands.map(command => [command.name, command.summary]))],
    [
      'Options',
      aligned([
        ['--json', commonOptions.json.description],
        ['-h, --help', 'show this help; after a command, that of the command'],
        ['-v, --version', 'show the version'],
      ]),
    ],
    ['Examples', program.commands.flatMap(command => command.examples.slice(0, 1)).flatMap(example)],
    [
      'Exit codes',
      aligned([
        ['0', 'done'],
        ['1', 'a check failed'],
        ['2', 'wrong usage or bad input'],
        ['70', `a bug in ${program.name}`],
        ['130', 'stopped by Ctrl-C, with what was complete by then'],
      ]),
    ],
  ])
}

/** What `qernel COMMAND --help` prints. */
export function commandHelp(program: Program, command: AnyCommand): string {
  return sections([
    [`${program.name} ${command.name}`, [command.summary]],
    ['Usage', [`  ${program.name} ${synopsis(command)}`]],
    [
      'Arguments',
      aligned(command.positionals.map(({ name, description, choices }) => [name, withChoices(description, choices)])),
    ],
    ['Options', aligned(optionRows({ ...command.options, ...commonOptions }))],
    ['Examples', command.examples.flatMap(example)],
  ])
}

function optionRows(specs: OptionSpecs): [string, string][] {
  return Object.entries(specs).map(([name, spec]) => {
    const short = spec.short === undefined ? '' : `-${spec.short}, `
    return [`${short}--${name}${spec.type === 'string' ? ` ${spec.value}` : ''}`, optionDescription(spec)]
  })
}

function optionDescription(spec: OptionSpec): string {
  if (spec.type === 'boolean') return spec.description
  return withChoices(spec.description, spec.choices) + (spec.multiple ? '; may be repeated' : '')
}

const withChoices = (description: string, choices: readonly string[] | undefined): string =>
  choices === undefined ? description : `${description} (${choices.join(', ')})`

const example = ({ line, does }: { line: string; does: string }): string[] => [`  # ${does}`, `  ${line}`]

function aligned(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([left]) => left.length))
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`)
}

function sections(all: readonly (readonly [title: string, lines: readonly string[]])[]): string {
  const filled = all.filter(([, lines]) => lines.length > 0)
  return filled.map(([title, lines]) => `${title}\n${lines.join('\n')}\n`).join('\n')
}
