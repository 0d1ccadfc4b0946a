/** What the operators and functions of T1 expressions do, as in Python. */

/** A value of an expression. */
export type ExpressionValue = number | string | boolean | readonly ExpressionValue[]

/** Thrown for text that is not an expression, and for what cannot be computed. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError'
}

/** The most elements of a list: a file is not trusted. */
const mostElements = 100_000

export const isTrue = (value: ExpressionValue): boolean => (Array.isArray(value) ? value.length > 0 : Boolean(value))

const told = (value: ExpressionValue): string => JSON.stringify(value)

export function numberOf(value: ExpressionValue): number {
  if (typeof value === 'number') return value
  if (typeof value === 'boolean') return Number(value)
  throw new ExpressionError(`${told(value)} is not a number`)
}

export function listOf(value: ExpressionValue): readonly ExpressionValue[] {
  if (typeof value === 'object') return value
  throw new ExpressionError(`${told(value)} is not a list`)
}

export function compare(operator: string, left: ExpressionValue, right: ExpressionValue): boolean {
  switch (operator) {
    case '==':
      return isSame(left, right)
    case '!=':
      return !isSame(left, right)
    case 'in':
      return listOf(right).some(each => isSame(each, left))
    case 'not in':
      return !compare('in', left, right)
  }
  const order =
    typeof left === 'string' && typeof right === 'string'
      ? Number(left > right) - Number(left < right)
      : numberOf(left) - numberOf(right)
  switch (operator) {
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
  }
  throw new ExpressionError(`there is no comparison ${operator}`)
}

function isSame(a: ExpressionValue, b: ExpressionValue): boolean {
  if (typeof a === 'object' && typeof b === 'object')
    return a.length === b.length && a.every((each, i) => isSame(each, b[i] as ExpressionValue))
  const plain = (value: ExpressionValue) => (typeof value === 'boolean' ? Number(value) : value)
  return plain(a) === plain(b)
}

export function calculate(operator: string, left: ExpressionValue, right: ExpressionValue): ExpressionValue {
  if (operator === '+' && typeof left === 'object' && typeof right === 'object') return limited([...left, ...right])
  const [a, b] = [numberOf(left), numberOf(right)]
  if (['/', '//', '%'].includes(operator) && b === 0) throw new ExpressionError(`${a} ${operator} 0 has no value`)
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
    case '//':
      return Math.floor(a / b)
    case '%':
      // As in Python, the remainder has the sign of the divisor.
      return a - b * Math.floor(a / b)
    default:
      return a ** b
  }
}

function limited<T>(list: readonly T[]): readonly T[] {
  if (list.length > mostElements) throw new ExpressionError(`a list has more than ${mostElements} elements`)
  return list
}

function range(args: readonly ExpressionValue[]): ExpressionValue {
  const numbers = args.map(numberOf)
  const [first, last, step] = numbers.length === 1 ? [0, numbers[0], 1] : [numbers[0], numbers[1], numbers[2] ?? 1]
  if (first === undefined || last === undefined || step === 0 || numbers.length > 3) {
    throw new ExpressionError('range takes one to three numbers, and its step is not 0')
  }
  const count = Math.max(0, Math.ceil((last - first) / step))
  if (!(count <= mostElements)) throw new ExpressionError(`a range has more than ${mostElements} elements`)
  return Array.from({ length: count }, (_, i) => first + i * step)
}

/** `min(a, b)` and `min(list)`. */
const numbersIn = (args: readonly ExpressionValue[]): number[] => {
  const [only] = args
  return (args.length === 1 && typeof only === 'object' ? only : args).map(numberOf)
}

const one = (args: readonly ExpressionValue[]): ExpressionValue => {
  const [only] = args
  if (only === undefined || args.length > 1) throw new ExpressionError('the function takes one argument')
  return only
}

export const functions: Readonly<Record<string, (args: readonly ExpressionValue[]) => ExpressionValue>> = {
  range,
  list: args => listOf(one(args)),
  min: args => Math.min(...numbersIn(args)),
  max: args => Math.max(...numbersIn(args)),
  abs: args => Math.abs(numberOf(one(args))),
  len: args => listOf(one(args)).length,
  sum: args => numbersIn(args).reduce((sum, each) => sum + each, 0),
  int: args => Math.trunc(numberOf(one(args))),
  float: args => numberOf(one(args)),
}
