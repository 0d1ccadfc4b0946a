import { parseArgs } from 'node:util'
import { UsageError, unknownName } from '../errors/usage-error.ts'
import type { AnyCommand, OptionSpec, OptionSpecs } from './command.ts'

/** Options that every command has. */
export const commonOptions = {
  json: { type: 'boolean', description: 'print the result or the error as JSON' },
  help: { type: 'boolean', short: 'h', description: 'show this help' },
} as const satisfies OptionSpecs

export type ArgumentValue = string | boolean | readonly string[] | undefined

export interface ParsedArguments {
  readonly positionals: readonly string[]
  readonly options: Readonly<Record<string, ArgumentValue>>
}

/**
 * Reads the arguments after a command's name. Node's own parser splits them (values stay as typed); they are checked
 * here, so that every message names the valid choices.
 * @throws UsageError
 */
export function parseArguments(program: string, command: AnyCommand, argv: readonly string[]): ParsedArguments {
  const specs: OptionSpecs = { ...command.options, ...commonOptions }
  const hint = `see ${program} ${command.name} --help`
  const { tokens } = parseArgs({ args: [...argv], options: parserOptions(specs), strict: false, tokens: true })

  const values = new Map<string, ArgumentValue>()
  const positionals: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const spec = Object.hasOwn(specs, token.name) ? specs[token.name] : undefined
    if (spec === undefined) throw unknownName('option', token.rawName, optionNames(specs), { hint })
    values.set(token.name, optionValue(token, spec, values.get(token.name), hint))
  }

  // With --help, the rest of the line need not be right.
  if (values.get('help') !== true) checkPositionals(command, positionals, hint)
  const options = Object.entries(specs).map(([name, spec]) => [name, values.get(name) ?? absent(spec)])
  return { positionals, options: Object.fromEntries(options) }
}

function parserOptions(specs: OptionSpecs): Record<string, { type: 'string' | 'boolean'; short?: string }> {
  const entries = Object.entries(specs).map(([name, { type, short }]) => [
    name,
    short === undefined ? { type } : { type, short },
  ])
  return Object.fromEntries(entries)
}

const optionNames = (specs: OptionSpecs): string[] => Object.keys(specs).map(name => `--${name}`)

function absent(spec: OptionSpec): ArgumentValue {
  if (spec.type === 'boolean') return false
  return spec.multiple ? [] : undefined
}

interface OptionToken {
  readonly rawName: string
  readonly value: string | undefined
  readonly inlineValue: boolean | undefined
}

function optionValue(token: OptionToken, spec: OptionSpec, previous: ArgumentValue, hint: string): ArgumentValue {
  const { rawName, value, inlineValue } = token
  if (spec.type === 'boolean') {
    if (value !== undefined)
      throw new UsageError({ what: `option '${rawName}' takes no value, not even '${value}'`, hint })
    return true
  }
  const form = `${rawName} ${spec.value}`
  if (value === undefined || (value === '' && !spec.mayBeEmpty))
    throw new UsageError({ what: `option '${rawName}' needs a value`, allowed: form, hint })
  if (!inlineValue && /^-[^\d.]/.test(value)) {
    const instead = rawName.startsWith('--') ? `${rawName}=${value}` : `${rawName}${value}`
    const what = `option '${rawName}' needs a value, and '${value}' looks like an option`
    throw new UsageError({ what, allowed: form, hint: `if it is the value, write ${instead}` })
  }
  if (spec.choices !== undefined && !spec.choices.includes(value)) {
    throw unknownName(`value for ${rawName}`, value, spec.choices, { hint })
  }
  if (spec.multiple) return [...(Array.isArray(previous) ? previous : []), value]
  if (previous !== undefined) {
    throw new UsageError({ what: `option '${rawName}' is given twice, as '${String(previous)}' and '${value}'`, hint })
  }
  return value
}

function checkPositionals(command: AnyCommand, given: readonly string[], hint: string): void {
  const specs = command.positionals
  const missing = specs[given.length]
  if (missing !== undefined && !missing.optional) {
    throw new UsageError({
      what: `${missing.name} is missing: ${missing.description}`,
      allowed: missing.choices ?? synopsis(command),
      hint,
    })
  }
  const extra = given[specs.length]
  if (extra !== undefined)
    throw new UsageError({ what: `one argument too many, '${extra}'`, allowed: synopsis(command), hint })
  for (const [index, { name, choices }] of specs.entries()) {
    const value = given[index]
    if (value !== undefined && choices !== undefined && !choices.includes(value)) {
      throw unknownName(name, value, choices, { hint })
    }
  }
}

/** The form of a command line: `emit KERNEL [options]`. */
export function synopsis(command: AnyCommand): string {
  const names = command.positionals.map(({ name, optional }) => (optional ? `[${name}]` : name))
  return [command.name, ...names, '[options]'].join(' ')
}
