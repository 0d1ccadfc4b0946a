/**
 * The expressions of T1 files. They are written in Python (`[2**i for i in range(6)]`, `32 <= x * y <= 1024 and z != 0`), or with the operators of C (`a == 0 || !b`). They are
 * parsed and computed here, never executed.
 */

import { type Token, tokensOf } from './t1-tokens.ts'
import {
  calculate,
  compare,
  ExpressionError,
  type ExpressionValue,
  functions,
  isTrue,
  listOf,
  numberOf,
} from './t1-values.ts'

/** The values of names. */
export type Names = ReadonlyMap<string, ExpressionValue>

/** An expression that can be computed for any names. */
export type Expression = (names: Names) => ExpressionValue

/** The deepest nesting. */
const deepest = 100

/**
 * Reads an expression: numbers, strings, lists, list comprehensions, arithmetic, comparisons (also chained), `in`, `and`, `or`, `not`, and the functions
 * `range`, `list`, `min`, `max`, `abs`, `len`, `sum`, `int` and `float`.
 *
 * @throws ExpressionError saying where and what
 */
export const parseExpression = (text: string): Expression => new Parser(text).whole()

/** Binary operators by how tightly they bind. */
const levels: readonly (readonly string[])[] = [
  ['+', '-'],
  ['*', '/', '//', '%'],
]
const comparisons = ['<', '<=', '>', '>=', '==', '!=', 'in', 'not']

class Parser {
  readonly #tokens: readonly Token[]
  #at = 0
  #depth = 0

  constructor(text: string) {
    this.#tokens = tokensOf(text)
  }

  whole(): Expression {
    const read = this.#or()
    if (this.#at < this.#tokens.length) this.#fail('an operator or the end')
    return read
  }

  #fail(expected: string): never {
    const found = this.#tokens[this.#at]
    const where = found === undefined ? 'at the end' : `at position ${found.at + 1}, '${found.text}'`
    throw new ExpressionError(`${expected} is expected ${where}`)
  }

  #sees = (...texts: readonly string[]): boolean => {
    const found = this.#tokens[this.#at]
    return found !== undefined && found.kind !== 'string' && texts.includes(found.text)
  }

  #has(...texts: readonly string[]): boolean {
    if (!this.#sees(...texts)) return false
    this.#at++
    return true
  }

  #symbol(text: string): void {
    if (!this.#has(text)) this.#fail(text)
  }

  #nested<T>(read: () => T): T {
    if (++this.#depth > deepest) throw new ExpressionError(`the expression is nested more than ${deepest} deep`)
    const result = read()
    this.#depth--
    return result
  }

  #or(): Expression {
    return this.#nested(() => {
      let left = this.#and()
      while (this.#has('or', '||')) {
        const [a, b] = [left, this.#and()]
        left = names => (isTrue(a(names)) ? a(names) : b(names))
      }
      return left
    })
  }

  #and(): Expression {
    let left = this.#not()
    while (this.#has('and', '&&')) {
      const [a, b] = [left, this.#not()]
      left = names => (isTrue(a(names)) ? b(names) : a(names))
    }
    return left
  }

  #not(): Expression {
    if (!this.#has('not', '!')) return this.#comparison()
    const operand = this.#nested(() => this.#not())
    return names => !isTrue(operand(names))
  }

  /** `a < b <= c` means `a < b and b <= c`. */
  #comparison(): Expression {
    const first = this.#binary(0)
    const rest: { readonly operator: string; readonly operand: Expression }[] = []
    while (this.#sees(...comparisons)) {
      let operator = (this.#tokens[this.#at++] as Token).text
      if (operator === 'not') {
        if (!this.#has('in')) this.#fail('in')
        operator = 'not in'
      }
      rest.push({ operator, operand: this.#binary(0) })
    }
    if (rest.length === 0) return first
    return names => {
      let left = first(names)
      return rest.every(({ operator, operand }) => {
        const right = operand(names)
        const holds = compare(operator, left, right)
        left = right
        return holds
      })
    }
  }

  #binary(level: number): Expression {
    const operators = levels[level]
    if (operators === undefined) return this.#unary()
    let left = this.#binary(level + 1)
    while (this.#sees(...operators)) {
      const operator = (this.#tokens[this.#at++] as Token).text
      const [a, b] = [left, this.#binary(level + 1)]
      left = names => calculate(operator, a(names), b(names))
    }
    return left
  }

  #unary(): Expression {
    if (this.#has('+')) return this.#nested(() => this.#unary())
    if (!this.#has('-')) return this.#power()
    const operand = this.#nested(() => this.#unary())
    return names => -numberOf(operand(names))
  }

  #power(): Expression {
    const base = this.#primary()
    if (!this.#has('**')) return base
    const exponent = this.#nested(() => this.#unary())
    return names => calculate('**', base(names), exponent(names))
  }

  #primary(): Expression {
    const found = this.#tokens[this.#at]
    if (found === undefined) return this.#fail('a value')
    if (this.#has('(')) {
      const inner = this.#or()
      if (!this.#sees(',')) {
        this.#symbol(')')
        return inner
      }
      const elements = [inner]
      while (this.#has(',') && !this.#sees(')')) elements.push(this.#or())
      this.#symbol(')')
      return names => elements.map(element => element(names))
    }
    if (this.#has('[')) return this.#list()
    if (found.kind === 'symbol') return this.#fail('a value')
    this.#at++
    if (found.kind === 'number') {
      const value = Number(found.text)
      return () => value
    }
    if (found.kind === 'string') {
      const value = found.text.slice(1, -1).replace(/\\(.)/g, '$1')
      return () => value
    }
    return this.#name(found.text)
  }

  #name(name: string): Expression {
    if (name === 'True' || name === 'true') return () => true
    if (name === 'False' || name === 'false') return () => false
    if (!this.#has('(')) {
      return names => {
        const value = names.get(name)
        if (value === undefined)
          throw new ExpressionError(`there is no parameter ${name}; there are ${[...names.keys()].join(', ')}`)
        return value
      }
    }
    const call = Object.hasOwn(functions, name) ? functions[name] : undefined
    if (call === undefined) {
      throw new ExpressionError(`there is no function ${name}; there are ${Object.keys(functions).join(', ')}`)
    }
    const args: Expression[] = []
    while (!this.#has(')')) {
      args.push(this.#or())
      if (!this.#has(',') && !this.#sees(')')) this.#fail(', or )')
    }
    return names => call(args.map(each => each(names)))
  }

  /** A list, or a list comprehension. */
  #list(): Expression {
    if (this.#has(']')) return () => []
    const first = this.#or()
    if (this.#has('for')) {
      const name = this.#tokens[this.#at++]
      if (name?.kind !== 'name') return this.#fail('a name')
      if (!this.#has('in')) this.#fail('in')
      const over = this.#binary(0)
      const condition = this.#has('if') ? this.#or() : undefined
      this.#symbol(']')
      return names =>
        listOf(over(names)).flatMap(value => {
          const inner = new Map([...names, [name.text, value]])
          return condition === undefined || isTrue(condition(inner)) ? [first(inner)] : []
        })
    }
    const elements = [first]
    while (this.#has(',') && !this.#sees(']')) elements.push(this.#or())
    this.#symbol(']')
    return names => elements.map(element => element(names))
  }
}
