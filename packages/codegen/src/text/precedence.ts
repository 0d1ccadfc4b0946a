/**
 * Printed expressions with their binding strength, so that printers write parentheses only where they are needed. One set of
 * rules serves WGSL and C++; the stricter of the two wins (WGSL accepts only unary operands of shifts and bit operations, and C++
 * compilers warn about `a && b || c`).
 */
export interface Printed {
  readonly text: string
  readonly level: Level
}

/** Binding strength, weakest first. */
export type Level =
  | 'conditional'
  | 'logicalOr'
  | 'logicalAnd'
  | 'bitOr'
  | 'bitXor'
  | 'bitAnd'
  | 'comparison'
  | 'shift'
  | 'additive'
  | 'multiplicative'
  | 'unary'
  | 'atom'

const strength: Readonly<Record<Level, number>> = {
  conditional: 0,
  logicalOr: 1,
  logicalAnd: 2,
  bitOr: 3,
  bitXor: 4,
  bitAnd: 5,
  comparison: 6,
  shift: 7,
  additive: 8,
  multiplicative: 9,
  unary: 10,
  atom: 11,
}

interface Infix {
  readonly level: Level
  /** The weakest level of an operand that needs no parentheses. */
  readonly operands: Level
  /** Whether the left operand may be of the operator's own level: `a - b - c` is `(a - b) - c`. */
  readonly chains: boolean
}

const bits = (level: Level): Infix => ({ level, operands: 'unary', chains: true })
const comparison: Infix = { level: 'comparison', operands: 'additive', chains: false }
const shift: Infix = { level: 'shift', operands: 'unary', chains: false }
const additive: Infix = { level: 'additive', operands: 'multiplicative', chains: true }
const multiplicative: Infix = { level: 'multiplicative', operands: 'unary', chains: true }

const operators = {
  '||': { level: 'logicalOr', operands: 'comparison', chains: true },
  '&&': { level: 'logicalAnd', operands: 'comparison', chains: true },
  '|': bits('bitOr'),
  '^': bits('bitXor'),
  '&': bits('bitAnd'),
  '<': comparison,
  '<=': comparison,
  '>': comparison,
  '>=': comparison,
  '==': comparison,
  '!=': comparison,
  '<<': shift,
  '>>': shift,
  '+': additive,
  '-': additive,
  '*': multiplicative,
  '/': multiplicative,
  '%': multiplicative,
} as const satisfies Record<string, Infix>

export type InfixOperator = keyof typeof operators

/** A name, a call, or a literal without a sign. It never needs parentheses. */
export const atom = (text: string): Printed => ({ text, level: 'atom' })

/** The text, in parentheses if it binds weaker than `weakest`. */
export const operand = (of: Printed, weakest: Level): string =>
  strength[of.level] < strength[weakest] ? `(${of.text})` : of.text

/**
 * `a operator b`. The right operand keeps its own parentheses even where an operator is associative on paper: sums of
 * floats are not.
 */
export function infix(operator: InfixOperator, a: Printed, b: Printed): Printed {
  const { level, operands, chains }: Infix = operators[operator]
  const left = chains && a.level === level ? a.text : operand(a, operands)
  return { text: `${left} ${operator} ${operand(b, operands)}`, level }
}

/** `operator a`, such as `-a`; `-(-a)` keeps its parentheses. */
export const prefix = (operator: string, a: Printed): Printed => ({
  text: `${operator}${operand(a, 'atom')}`,
  level: 'unary',
})

/** `name(a, b)`. */
export const call = (name: string, ...args: readonly Printed[]): Printed =>
  atom(`${name}(${args.map(arg => arg.text).join(', ')})`)

/** `of[index]`. */
export const subscript = (of: Printed, index: Printed): Printed => atom(`${operand(of, 'atom')}[${index.text}]`)

/** `of.name`. */
export const member = (of: Printed, name: string): Printed => atom(`${operand(of, 'atom')}.${name}`)

/** `condition ? yes : no` (C++ only); a conditional inside another is put in parentheses. */
export const conditional = (condition: Printed, yes: Printed, no: Printed): Printed => ({
  text: `${operand(condition, 'comparison')} ? ${operand(yes, 'logicalOr')} : ${operand(no, 'logicalOr')}`,
  level: 'conditional',
})
