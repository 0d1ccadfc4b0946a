import type { AnyCommand, OptionSpec, OptionSpecs, Program } from './command.ts'
import { commonOptions, synopsis } from './parse-arguments.ts'
import { styled } from './style.ts'

/** The width if that of the terminal is unknown. */
const defaultWidth = 120

/** The output of `qernel --help`. */
export function programHelp(program: Program, width = defaultWidth): string {
  const aligned = alignedTo(width)
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

/** The output of `qernel COMMAND --help`. */
export function commandHelp(program: Program, command: AnyCommand, width = defaultWidth): string {
  const aligned = alignedTo(width)
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

/** Two columns. The right one is wrapped if the terminal is too narrow, and moved below the left one if little room is left. */
const alignedTo =
  (width: number) =>
  (rows: readonly (readonly [string, string])[]): string[] => {
    const left = Math.max(0, ...rows.map(([name]) => name.length))
    const isNarrow = width - left - 4 < 30
    const indent = ' '.repeat(isNarrow ? 6 : left + 4)
    return rows.flatMap(([name, description]) => {
      const lines = wrapped(description, Math.max(20, width - indent.length))
      if (isNarrow) return [`  ${styled('bold', name)}`, ...lines.map(line => indent + line)]
      const [first = '', ...rest] = lines
      return [
        `  ${styled('bold', name)}${' '.repeat(left - name.length)}  ${first}`,
        ...rest.map(line => indent + line),
      ]
    })
  }

function wrapped(text: string, width: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}

function sections(all: readonly (readonly [title: string, lines: readonly string[]])[]): string {
  const filled = all.filter(([, lines]) => lines.length > 0)
  return filled.map(([title, lines]) => `${styled('bold', title)}\n${lines.join('\n')}\n`).join('\n')
}
