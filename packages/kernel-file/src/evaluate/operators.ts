/** Operators: on numbers they compute now, on values they build the operation that the interpreter defines. */
import { type ComputeType, Index, type OperationName, Value } from '@qernel/dsl'
import { applyOperation } from '@qernel/dsl/internal'
import { describe } from './describe.ts'
import { type Call, isThing, type Known, type Plain, poison } from './known.ts'

/** The operation of the kernel language that an operator on values stands for. */
const operationOf: Readonly<Record<string, OperationName>> = {
  ...{ '+': 'add', '-': 'sub', '*': 'mul', '/': 'div' },
  ...{ '<': 'lt', '<=': 'le', '>': 'gt', '>=': 'ge', '===': 'eq', '!==': 'ne' },
  ...{ '&': 'and', '|': 'or', '^': 'xor', '<<': 'shiftLeft', '>>': 'shiftRight', '>>>': 'shiftRight' },
  ...{ '&&': 'and', '||': 'or' },
}

/** What is known now is computed as TypeScript computes it. */
const numbers: Readonly<Record<string, (a: number, b: number) => number | boolean>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '**': (a, b) => a ** b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '&': (a, b) => a & b,
  '|': (a, b) => a | b,
  '^': (a, b) => a ^ b,
  '<<': (a, b) => a << b,
  '>>': (a, b) => a >> b,
  '>>>': (a, b) => a >>> b,
}

const isPlain = (known: Known): known is Plain => typeof known !== 'object'
const isLogical = (operator: string): boolean => operator === '&&' || operator === '||'

/** `a operator b`. The call has the two operands as its arguments. */
export function binary(operator: string, call: Call): Known {
  if (call.isPoisoned) return poison
  const [a, b] = call.args
  if (operator === '==' || operator === '!=')
    return call.report('loose-equality', `${operator} is not part of the kernel language`, `${operator}=`)
  if (operator === '??') return call.report('syntax', 'everything in a kernel is there, so ?? has no use', 'the value')
  if (isPlain(a) && isPlain(b)) return plain(operator, a, b, call)
  if (a instanceof Index || b instanceof Index) {
    const index = indexArithmetic(operator, a, b, call)
    if (index !== undefined) return index
  }
  if (operator === '%') return remainder(call)
  if (operator === '**') return power(call)
  const operands = unified(operator, call)
  if (operands === undefined) return poison
  const wrong = wrongOperand(operator, operands, call)
  if (wrong !== undefined) return wrong
  const name = operationOf[operator]
  if (name === undefined) return call.report('syntax', `${operator} is not part of the kernel language`)
  return call.attempt(() => applyOperation(name, ...operands))
}

function plain(operator: string, a: Plain, b: Plain, call: Call): Known {
  if (operator === '===') return a === b
  if (operator === '!==') return a !== b
  if (typeof a === 'number' && typeof b === 'number') {
    const compute = numbers[operator]
    if (compute !== undefined) return compute(a, b)
  }
  const text = [a, b].findIndex(one => typeof one === 'string')
  if (text >= 0) return textError(call, text)
  const wrong = [a, b].findIndex(one => typeof one !== 'number')
  return call.report(
    'operand',
    `${operator} needs numbers, but ${call.textOf(wrong)} is ${describe(call.args[wrong])}`,
    undefined,
    wrong,
  )
}

const textError = (call: Call, argument: number): Known =>
  call.report(
    'text',
    `${call.textOf(argument)} is text; a kernel computes with numbers`,
    'text is for names and for comparisons with ===',
    argument,
  )

/** Sums of indices, and their products with whole numbers, stay indices. Undefined where the result is a value. */
function indexArithmetic(operator: string, a: Known, b: Known, call: Call): Known | undefined {
  const whole = (x: Known): x is number => typeof x === 'number' && Number.isInteger(x)
  const part = (x: Known): x is Index | number => x instanceof Index || whole(x)
  if (operator === '+' && part(a) && part(b))
    return call.attempt(() => (a instanceof Index ? a.add(b) : (b as Index).add(a)))
  if (operator === '-' && part(a) && part(b)) {
    const less = typeof b === 'number' ? -b : b.mul(-1)
    return call.attempt(() => (a instanceof Index ? a.add(less) : (less as Index).add(a)))
  }
  if (operator === '*' && a instanceof Index && whole(b)) return call.attempt(() => a.mul(b))
  if (operator === '*' && b instanceof Index && whole(a)) return call.attempt(() => b.mul(a))
  return undefined
}

/** An index or a size as the i32 value that it is. */
export function asValue(known: Known): Known {
  if (known instanceof Index) return known.value()
  return isThing(known, 'size') ? known.handle.value() : known
}

/**
 * The arguments as operands of one type; a number takes the type of the others. Undefined after a report.
 *
 * @param operator as it is written, for messages
 */
export function unified(operator: string, call: Call): (Value | number)[] | undefined {
  const values = call.args.map(asValue)
  for (const [position, value] of values.entries()) {
    if (value instanceof Value || typeof value === 'number') continue
    if (typeof value === 'string') textError(call, position)
    else
      call.report(
        'operand',
        `${operator} needs values, but ${call.textOf(position)} is ${describe(call.args[position])}`,
        isThing(value, 'tensor') ? `one element of it: ${value.name}(…)` : undefined,
        position,
      )
    return undefined
  }
  const first = values.findIndex(value => value instanceof Value)
  const type = (values[first] as Value | undefined)?.type ?? 'f32'
  for (const [position, value] of values.entries()) {
    if (value instanceof Value) {
      if (value.type !== type) return mixed(operator, call, values, first, position)
    } else if (type !== 'f32' && !(Number.isInteger(value) && fits(value as number, type))) {
      const other = call.textOf(first)
      call.report(
        'dtype',
        `${call.textOf(position)} is no ${nameOf(type)}, but ${other} is ${ofType(type)}`,
        type === 'bool' ? `a number for both cases: ${other} ? 1 : 0` : `toF32(${other}), or a whole number`,
        position,
      )
      return undefined
    }
  }
  return values as (Value | number)[]
}

function mixed(operator: string, call: Call, values: readonly Known[], first: number, second: number): undefined {
  const types = [first, second].map(position => (values[position] as Value).type) as [ComputeType, ComputeType]
  const [a, b] = [first, second].map(position => call.textOf(position)) as [string, string]
  const integer = types[0] === 'f32' ? b : a
  const isBool = types.includes('bool')
  const instead = isBool
    ? `a number for both cases: ${types[0] === 'bool' ? a : b} ? 1 : 0`
    : types.includes('f32')
      ? `toF32(${integer})`
      : `wrap(${a}, ${types[1]}), or toF32 of both`
  call.report('dtype', `${operator} mixes types: ${a} is ${ofType(types[0])} and ${b} is ${ofType(types[1])}`, instead)
  return undefined
}

const nameOf = (type: ComputeType): string => (type === 'bool' ? 'comparison' : type)
const ofType = (type: ComputeType): string => (type === 'bool' ? 'a comparison' : type)
const fits = (value: number, type: ComputeType): boolean =>
  type === 'u32' ? value >= 0 && value < 2 ** 32 : type === 'i32' && value >= -(2 ** 31) && value < 2 ** 31

const bitwise: ReadonlySet<string> = new Set(['&', '|', '^', '<<', '>>', '>>>'])

/** Operands whose type the operator does not take. */
function wrongOperand(operator: string, operands: readonly (Value | number)[], call: Call): Known | undefined {
  const position = operands.findIndex(operand => operand instanceof Value)
  const { type } = operands[position] as Value
  const text = call.textOf(position)
  if (isLogical(operator) && type !== 'bool')
    return call.report(
      'dtype',
      `${operator} joins comparisons, but ${text} is ${ofType(type)}`,
      `${text} !== 0`,
      position,
    )
  if (type === 'bool' && !isLogical(operator) && !['===', '!=='].includes(operator))
    return call.report('dtype', `${operator} needs numbers, but ${text} is a comparison`, `${text} ? 1 : 0`, position)
  if (type === 'bool' && !isLogical(operator))
    return call.report('dtype', `${operator} does not compare comparisons`, `${text} && …, ${text} || … or !(${text})`)
  if (bitwise.has(operator) && type === 'f32')
    return call.report(
      'dtype',
      `${operator} works on bits of integers, but ${text} is f32`,
      `saturate(round(${text}), i32)`,
      position,
    )
  if (operator === '/' && type !== 'f32')
    return call.report(
      'dtype',
      `${text} is ${type}, and integers have no division`,
      `toF32(${text}) / …, or >> for powers of two`,
      position,
    )
  if (operator === '>>' && type === 'u32')
    return call.report('dtype', `${text} is u32, whose highest bit is no sign`, `${text} >>> …`)
  if (operator === '>>>' && type === 'i32')
    return call.report('dtype', `${text} is i32, whose highest bit is the sign`, `${text} >> …`)
  return undefined
}

/** `a % b` of floats is a − trunc(a / b) · b, each operation rounded. */
function remainder(call: Call): Known {
  const operands = unified('%', call)
  if (operands === undefined) return poison
  const [a, b] = operands as [Value | number, Value | number]
  const position = operands.findIndex(operand => operand instanceof Value)
  const { type } = operands[position] as Value
  if (type !== 'f32') {
    const text = call.textOf(position)
    const instead = type === 'bool' ? `${text} ? 1 : 0` : `& for powers of two: ${text} & 31`
    return call.report('dtype', `% needs f32, but ${text} is ${ofType(type)}`, instead, position)
  }
  return call.attempt(() => {
    const whole = applyOperation('trunc', applyOperation('div', a, b))
    return applyOperation('sub', a, applyOperation('mul', whole, b))
  })
}

const largestPower = 16

/** `x ** 3` is x · x · x from the left, and `2 ** x` is exp2. */
function power(call: Call): Known {
  const [base, exponent] = call.args
  const value = asValue(base)
  if (base === 2) {
    const operands = unified('**', call)
    if (operands === undefined) return poison
    const [, by] = operands as [number, Value]
    if (by.type === 'f32') return call.attempt(() => applyOperation('exp2', by))
    return call.report(
      'dtype',
      `2 ** x needs f32, but ${call.textOf(1)} is ${ofType(by.type)}`,
      `toF32(${call.textOf(1)})`,
      1,
    )
  }
  if (typeof exponent !== 'number' || !Number.isInteger(exponent) || exponent < 1 || exponent > largestPower)
    return call.report(
      'exponent',
      typeof exponent === 'number'
        ? `the exponent of ** is ${exponent}`
        : `the exponent ${call.textOf(1)} of ** is ${describe(exponent)}`,
      `a whole number from 1 to ${largestPower}, sqrt(x), 1 / x ** 2, or 2 ** x`,
      1,
    )
  if (!(value instanceof Value) || value.type === 'bool')
    return call.report('operand', `** needs a value, but ${call.textOf(0)} is ${describe(base)}`, undefined, 0)
  return call.attempt(() => {
    let product = value
    for (let i = 1; i < exponent; i++) product = product.mul(value)
    return product
  })
}

/** `-x`, `+x`, `!x` and `~x`. */
export function unary(operator: string, call: Call): Known {
  if (call.isPoisoned) return poison
  const [operand] = call.args
  if (operator === '!' && typeof operand === 'boolean') return !operand
  if (typeof operand === 'number')
    return operator === '-'
      ? -operand
      : operator === '~'
        ? ~operand
        : operator === '+'
          ? operand
          : wrongUnary(operator, call)
  if (operand instanceof Index && operator === '-') return call.attempt(() => operand.mul(-1))
  const value = asValue(operand)
  if (typeof value === 'string') return textError(call, 0)
  if (!(value instanceof Value)) return wrongUnary(operator, call)
  if (operator === '+' && value.type !== 'bool') return operand
  const { type } = value
  if (operator === '-' && (type === 'f32' || type === 'i32')) return call.attempt(() => value.neg())
  if (operator === '!' && type === 'bool') return call.attempt(() => value.not())
  if (operator === '~' && (type === 'i32' || type === 'u32')) return call.attempt(() => value.not())
  return wrongUnary(operator, call)
}

const unaryNeeds: Readonly<Record<string, string>> = {
  '-': 'f32 or i32',
  '+': 'a number',
  '!': 'a comparison',
  '~': 'an integer',
}

const wrongUnary = (operator: string, call: Call): Known => {
  const [operand] = call.args
  const message = `${operator} needs ${unaryNeeds[operator]}, but ${call.textOf(0)} is ${describe(operand)}`
  return call.report(
    'dtype',
    message,
    isThing(operand, 'tensor') ? `one element of it: ${operand.name}(…)` : undefined,
    0,
  )
}
