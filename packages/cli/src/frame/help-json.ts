/** Help as data: the output of `--help --json`, which shell completion uses. */
import type { AnyCommand, OptionSpec, Program } from './command.ts'
import { commonOptions } from './parse-arguments.ts'

export const programJson = ({ name, version, summary, commands }: Program): unknown => ({
  name,
  version,
  summary,
  commands: commands.map(commandJson),
})

export const commandJson = ({ name, summary, positionals, options, examples }: AnyCommand): unknown => ({
  name,
  summary,
  arguments: positionals,
  options: Object.entries<OptionSpec>({ ...options, ...commonOptions }).map(([option, spec]) => ({
    name: `--${option}`,
    ...(spec.short === undefined ? {} : { short: `-${spec.short}` }),
    ...(spec.type === 'boolean'
      ? {}
      : {
          value: spec.value,
          repeats: spec.multiple === true,
          ...(spec.choices === undefined ? {} : { choices: spec.choices }),
        }),
    description: spec.description,
  })),
  examples,
})
