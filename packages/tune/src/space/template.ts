/** Schedule templates: schedules with alternatives, `tile(t={1,2,4,8},d={64..1024}) vectorize(d={4,8}) coarsen(t={1..8})?`. */
import type { Argument } from '@qernel/schedule'
import { checkArgument, checkTransform } from './check-template.ts'
import { TemplateReader } from './template-reader.ts'

/** One argument of a step of a template, with the values to choose from. */
export interface TemplateArgument {
  readonly name: string
  readonly values: readonly Argument[]
  /** A choice that several arguments share, written `$name`. */
  readonly choice?: string
}

/** One step of a template. */
export interface TemplateStep {
  readonly transform: string
  readonly arguments: readonly TemplateArgument[]
  /** Whether a schedule may go without the step. */
  readonly optional: boolean
}

/** A schedule with alternatives. */
export interface Template {
  /** What to call it where several templates make up a space. */
  readonly name?: string
  readonly steps: readonly TemplateStep[]
}

/** The values of choices that arguments refer to as `$name`, such as the parameters of a file in the T1 format. */
export type NamedChoices = Readonly<Record<string, readonly (number | string)[]>>

/**
 * Reads a template. It is written as a schedule is, `name(argument=value,…)`, and in addition:
 * - `{4,8,16}` is a choice among values,
 * - `{64..1024}` is a range that doubles: 64, 128, 256, 512 and 1024; ranges and values mix, as in `{1,3,4..16}`,
 * - a `?` after a step makes the step optional,
 * - `$name` is a choice of `choices`; arguments with the same name have the same value.
 *
 * @throws TemplateSyntaxError with a caret under the position, what is allowed there, and the nearest valid name
 */
export function parseTemplate(text: string, choices: NamedChoices = {}): Template {
  const read = new TemplateReader(text)
  const steps: TemplateStep[] = []
  while (!read.atEnd()) {
    const transform = read.word('the name of a transform')
    const known = checkTransform(transform.text, problem => read.fail(problem, transform.at))
    read.symbol('(')
    const args: TemplateArgument[] = []
    while (!read.has(')')) {
      const { text: name, at } = read.word('the name of an argument')
      if (args.some(argument => argument.name === name) || name === 'transform') {
        read.fail({ what: `the argument ${name} is given twice`, allowed: 'each argument once' }, at)
      }
      read.symbol('=')
      const argument = readArgument(read, name, choices)
      for (const value of argument.values) checkArgument(known, name, value, problem => read.fail(problem, at))
      args.push(argument)
      if (!read.has(',') && !read.sees(')')) read.expected(', or )')
    }
    steps.push({ transform: transform.text, arguments: args, optional: read.has('?') })
  }
  if (steps.length === 0) read.expected('a step, such as tile(t={1..8},d={64..1024})')
  return { steps }
}

function readArgument(read: TemplateReader, name: string, choices: NamedChoices): TemplateArgument {
  const reference = read.reference()
  if (reference !== undefined) {
    const values = Object.hasOwn(choices, reference.text) ? choices[reference.text] : undefined
    if (values === undefined) return read.unknown('choice', reference, Object.keys(choices))
    return { name, values, choice: reference.text }
  }
  if (!read.has('{')) return { name, values: [read.value()] }
  const values: Argument[] = []
  do values.push(...readValues(read))
  while (read.has(','))
  read.symbol('}')
  return { name, values: [...new Set(values)] }
}

/** One value, or a range that doubles. */
function readValues(read: TemplateReader): Argument[] {
  const at = read.position
  const first = read.value()
  if (!read.has('..')) return [first]
  const last = read.value()
  const isWhole = (value: Argument): value is number => Number.isInteger(value) && (value as number) >= 1
  if (!isWhole(first) || !isWhole(last) || last < first) {
    return read.fail(
      { what: `${first}..${last} is not a range`, allowed: 'two whole numbers of at least 1, the smaller first' },
      at,
    )
  }
  const values: number[] = []
  for (let value = first; value <= last; value *= 2) values.push(value)
  return values
}

const printValue = (value: Argument): string =>
  typeof value === 'string' && !/^[A-Za-z_][\w.]*$/.test(value) ? JSON.stringify(value) : String(value)

/** A template as text, as `parseTemplate` reads it. */
export const printTemplate = ({ steps }: Template): string =>
  steps
    .map(({ transform, arguments: args, optional }) => {
      const text = args.map(({ name, values, choice }) => {
        const [only] = values
        const value =
          choice === undefined
            ? values.length === 1
              ? printValue(only as Argument)
              : `{${values.map(printValue).join(',')}}`
            : `$${choice}`
        return `${name}=${value}`
      })
      return `${transform}(${text.join(',')})${optional ? '?' : ''}`
    })
    .join(' ')
