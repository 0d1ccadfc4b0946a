/** The text form of schedules: `tile(t=16,d=16) vectorize(d=4)`. */
import * as v from 'valibot'
import type { Argument, Step } from './transform.ts'

/** Thrown for text that is not a schedule. The message says where, and what is expected. */
export class StepSyntaxError extends Error {
  override readonly name = 'StepSyntaxError'
  /** For a schedule that was read from text: the offset from which on it is not understood, and what is expected there. */
  readonly place: { readonly at: number; readonly expected: string } | undefined
  constructor(message: string, place?: StepSyntaxError['place']) {
    super(message)
    this.place = place
  }
}

/** A string needs no quotes if it reads back as a word. */
const isWord = (text: string): boolean => /^[A-Za-z_][\w.]*$/.test(text) && text !== 'true' && text !== 'false'
const printArgument = (value: Argument): string =>
  typeof value === 'string' && !isWord(value) ? JSON.stringify(value) : String(value)

/** A step as text: `tile(t=16,d=64)`. */
export function printStep({ transform, ...args }: Step): string {
  return `${transform}(${Object.entries(args)
    .filter((entry): entry is [string, Argument] => entry[1] !== undefined)
    .map(([name, value]) => `${name}=${printArgument(value)}`)
    .join(',')})`
}

/** Steps as text, as `parseSteps` and `--steps` take them. */
export const printSteps = (steps: readonly Step[]): string => steps.map(printStep).join(' ')

const token = /\s*(?:([A-Za-z_][\w.]*)|(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)|("(?:[^"\\]|\\.)*")|([(),=]))/y

/**
 * Reads steps written as `name(argument=value,…)`, separated by blanks. Values are numbers, true, false, words or JSON
 * strings.
 *
 * @throws StepSyntaxError with a caret under the position
 */
export function parseSteps(text: string): Step[] {
  let position = 0
  const fail = (expected: string): never => {
    const at = position + (/^\s*/.exec(text.slice(position))?.[0].length ?? 0)
    throw new StepSyntaxError(
      `${text.replace(/\s/g, ' ')}\n${' '.repeat(at)}^ ${expected} is expected; schedules are written as tile(t=16,d=16) vectorize(d=4)`,
      { at, expected },
    )
  }
  const next = (): RegExpExecArray | undefined => {
    token.lastIndex = position
    return token.exec(text) ?? undefined
  }
  const take = (): RegExpExecArray | undefined => {
    const found = next()
    if (found !== undefined) position = token.lastIndex
    return found
  }
  const symbol = (wanted: string): boolean => {
    if (next()?.[4] !== wanted) return false
    take()
    return true
  }
  const argument = (): Argument => {
    const found = next()
    if (found === undefined || found[4] !== undefined) return fail('a value')
    const text = found[3] === undefined ? undefined : jsonString(found[3])
    if (found[3] !== undefined && text === undefined) return fail('a string as JSON writes it')
    take()
    if (found[2] !== undefined) return Number(found[2])
    if (text !== undefined) return text
    return found[1] === 'true' ? true : found[1] === 'false' ? false : (found[1] as string)
  }
  const steps: Step[] = []
  while (text.slice(position).trim() !== '') {
    const transform = next()?.[1]
    if (transform === undefined || transform.includes('.')) fail('the name of a transform')
    take()
    if (!symbol('(')) fail('(')
    const args = new Map<string, Argument>()
    while (!symbol(')')) {
      const name = next()?.[1]
      if (name === undefined) return fail('the name of an argument')
      if (args.has(name) || name === 'transform') fail(`an argument other than ${name}`)
      take()
      if (!symbol('=')) fail('=')
      args.set(name, argument())
      if (!symbol(',') && next()?.[4] !== ')') fail(', or )')
    }
    steps.push({ transform: transform as string, ...Object.fromEntries(args) })
  }
  return steps
}

const listed = v.array(
  v.pipe(
    v.custom<object>(
      value => v.is(v.looseObject({}), value) && !Array.isArray(value),
      ' is not an object; { "transform": "tile", "t": 16 } is expected',
    ),
    v.objectWithRest(
      { transform: v.string(' has no "transform" with the name of a transform') },
      v.union([v.string(), v.number(), v.boolean()], notAnArgument),
      ' has no "transform" with the name of a transform',
    ),
  ),
  'a schedule in JSON is an array of steps, such as [{ "transform": "tile", "t": 16, "d": 16 }], or an object that holds it as "steps"',
)
const held = v.object({ steps: v.array(v.unknown()) })

function notAnArgument({ input }: v.UnionIssue<v.BaseIssue<unknown>>): string {
  const kind = Array.isArray(input) ? 'an array' : input === null ? 'null' : `of type ${typeof input}`
  return ` is ${kind}; a number, a word or a boolean is expected`
}

/**
 * Reads the JSON form: an array of `{ "transform": name, … }`, or an object with it as `steps`.
 *
 * @throws StepSyntaxError naming the step and what is wrong
 */
export function stepsFromJson(json: unknown): Step[] {
  const { success, output, issues } = v.safeParse(listed, v.is(held, json) ? json.steps : json)
  if (success) return output
  const [{ type, message, path: [position, member] = [] }] = issues
  if (position === undefined) throw new StepSyntaxError(message)
  const argument = type === 'union' ? `: "${member?.key}"` : ''
  throw new StepSyntaxError(`step ${Number(position.key) + 1}${argument}${message}`)
}

function jsonString(text: string): string | undefined {
  try {
    return JSON.parse(text) as string
  } catch {
    return undefined
  }
}
