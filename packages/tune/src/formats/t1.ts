/**
 * Reads T1, the format in which the auto-tuning community describes what is tuned (https://github.com/odgaard/TuningSchema): the parameters with their values, and the conditions
 * that restrict them. Its expressions are parsed, never executed.
 */
import * as v from 'valibot'
import type { Constraint } from '../space/schedule-space.ts'
import type { NamedChoices } from '../space/template.ts'
import { type Expression, parseExpression } from './t1-expression.ts'
import { ExpressionError, type ExpressionValue, isTrue } from './t1-values.ts'

/** Thrown for a file that is not T1. The message names the parameter or the condition. */
export class T1Error extends Error {
  override readonly name = 'T1Error'
}

/** What a T1 file says about a search. */
export interface T1Space {
  /** The values of each parameter. A template refers to them as `$name`. */
  readonly choices: NamedChoices
  /** Whether values of all parameters fulfil the conditions. Parameters that a template does not use have their default, or else their first value. */
  readonly constraint: Constraint
  /** The most candidates and the seconds that the file allows, if it does. */
  readonly budget: { readonly candidates?: number; readonly seconds?: number }
}

const file = v.object({
  ConfigurationSpace: v.object({
    TuningParameters: v.array(
      v.object({
        Name: v.string(),
        Type: v.picklist(['int', 'uint', 'float', 'bool', 'string']),
        Values: v.union([v.string(), v.array(v.union([v.number(), v.string(), v.boolean()]))]),
        Default: v.optional(v.unknown()),
      }),
    ),
    Conditions: v.optional(v.array(v.object({ Expression: v.string() })), []),
  }),
  Budget: v.optional(v.array(v.object({ Type: v.string(), BudgetValue: v.number() })), []),
})

/**
 * Reads a T1 file.
 *
 * @param json the parsed file
 * @throws T1Error
 */
export function readT1(json: unknown): T1Space {
  const parsed = v.safeParse(file, json)
  if (!parsed.success) {
    const [issue] = parsed.issues
    throw new T1Error(
      `not a T1 file: ${v.getDotPath(issue) ?? 'the file'} is ${issue.received}; ${issue.expected} is expected`,
    )
  }
  const { ConfigurationSpace, Budget } = parsed.output
  const choices = new Map<string, readonly (number | string)[]>()
  const defaults = new Map<string, ExpressionValue>()
  for (const { Name: name, Values, Default } of ConfigurationSpace.TuningParameters) {
    if (choices.has(name)) throw new T1Error(`the parameter ${name} is given twice`)
    const values =
      typeof Values === 'string' ? computed(`the values of ${name}`, () => parseExpression(Values)(new Map())) : Values
    if (typeof values !== 'object' || values.length === 0)
      throw new T1Error(`the values of ${name} are not a list with at least one value`)
    const plain = values.map(value => {
      if (typeof value === 'object')
        throw new T1Error(`the values of ${name} include a list; numbers, strings and booleans are expected`)
      return typeof value === 'boolean' ? String(value) : value
    })
    choices.set(name, [...new Set(plain)])
    const usual = typeof Default === 'boolean' ? String(Default) : Default
    defaults.set(name, plain.find(value => value === usual) ?? (plain[0] as number | string))
  }
  const conditions = ConfigurationSpace.Conditions.map(({ Expression: text }) => condition(text, defaults))
  return {
    choices: Object.fromEntries(choices),
    constraint: parameters => conditions.every(holds => holds(parameters)),
    budget: budgetOf(Budget),
  }
}

function condition(
  text: string,
  defaults: ReadonlyMap<string, ExpressionValue>,
): (parameters: Parameters<Constraint>[0]) => boolean {
  const where = `the condition ${text}`
  const read: Expression = computed(where, () => parseExpression(text))
  // A name that does not exist is found now, not after an hour.
  computed(where, () => read(words(defaults)))
  return parameters => computed(where, () => isTrue(read(words(new Map([...defaults, ...Object.entries(parameters)])))))
}

/** Booleans are words in templates, and truth values in expressions. */
const words = (names: ReadonlyMap<string, ExpressionValue>): ReadonlyMap<string, ExpressionValue> =>
  new Map([...names].map(([name, value]) => [name, value === 'true' ? true : value === 'false' ? false : value]))

function budgetOf(budgets: readonly { readonly Type: string; readonly BudgetValue: number }[]): T1Space['budget'] {
  const of = (type: string) => budgets.find(({ Type }) => Type === type)?.BudgetValue
  const [candidates, seconds] = [of('ConfigurationCount'), of('TuningDuration')]
  return { ...(candidates !== undefined && { candidates }), ...(seconds !== undefined && { seconds }) }
}

function computed<T>(where: string, compute: () => T): T {
  try {
    return compute()
  } catch (error) {
    if (error instanceof ExpressionError) throw new T1Error(`${where}: ${error.message}`)
    throw error
  }
}
