/** Device statements as text for messages, one line each, in a notation close to WGSL and CUDA. */

import type { DeviceOperation } from '../../operations/device-operations.ts'
import type { DeviceExpr, DeviceStatement } from '../../program/device-program.ts'
import type { DeviceType } from '../../program/device-type.ts'
import { floatDecimal } from '../../text/float-literal.ts'
import {
  atom,
  call,
  type InfixOperator,
  infix,
  member,
  type Printed,
  prefix,
  subscript,
} from '../../text/precedence.ts'

/** A statement without its body. */
export function statementText(s: DeviceStatement): string {
  switch (s.kind) {
    case 'let':
      return `let ${s.name} = ${expressionText(s.value)}`
    case 'var':
      return `var ${s.name}: ${typeText(s.type)}${s.value === undefined ? '' : ` = ${expressionText(s.value)}`}`
    case 'array':
      return `var ${s.name}: ${typeText(s.type)}[${s.length}]`
    case 'assign': {
      const index = s.index === undefined ? '' : `[${expressionText(s.index)}]`
      const lane = s.lane === undefined ? '' : `.${'xyzw'[s.lane]}`
      return `${s.name}${index}${lane} = ${expressionText(s.value)}`
    }
    case 'store':
      return `${elementText(s.array, s.index, s.access.lanes)} = ${expressionText(s.value)}`
    case 'atomicMax':
      return `atomicMax(${elementText(s.array, s.index, 1)}, ${expressionText(s.value)})`
    case 'if':
      return `if (${expressionText(s.condition)})`
    case 'for':
      return `for ${s.name} < ${expressionText(s.extent)}`
    case 'barrier':
      return 'barrier()'
    case 'comment':
      return `// ${s.text}`
  }
}

export const expressionText = (e: DeviceExpr): string => print(e).text

export const typeText = ({ scalar, lanes }: DeviceType): string => (lanes === 1 ? scalar : `vec${lanes}<${scalar}>`)

/** `x4[i]` is the i-th run of 4 elements. */
const elementText = (array: string, index: DeviceExpr, lanes: number): string =>
  `${array}${lanes === 1 ? '' : lanes}[${expressionText(index)}]`

const operators: Partial<Record<DeviceOperation, InfixOperator>> = {
  add: '+',
  sub: '-',
  mul: '*',
  div: '/',
  quotient: '/',
  remainder: '%',
  lt: '<',
  le: '<=',
  gt: '>',
  ge: '>=',
  eq: '==',
  ne: '!=',
  and: '&',
  or: '|',
  xor: '^',
  shiftLeft: '<<',
  shiftRight: '>>',
}

function print(e: DeviceExpr): Printed {
  switch (e.kind) {
    case 'literal':
      return literal(e.value, e.type)
    case 'variable':
      return atom(e.name)
    case 'size':
      return atom(e.size)
    case 'thread':
      return atom(`${e.of}.${e.dimension}`)
    case 'component':
      return member(print(e.of), 'xyzw'[e.lane] as string)
    case 'dynamicComponent':
      return subscript(print(e.of), print(e.lane))
    case 'construct':
      return call(typeText(e.type), ...e.args.map(print))
    case 'load':
      return atom(elementText(e.array, e.index, e.access.lanes))
    case 'op': {
      const args = e.args.map(print)
      const operator = operators[e.op]
      if (operator !== undefined) return infix(operator, args[0] as Printed, args[1] as Printed)
      if (e.op === 'all') return args.reduce((a, b) => infix('&&', a, b))
      if (e.op === 'neg') return prefix('-', args[0] as Printed)
      return call(e.op, ...args)
    }
  }
}

function literal(value: number, { scalar }: DeviceType): Printed {
  if (scalar === 'bool') return atom(value ? 'true' : 'false')
  const text = scalar === 'f32' && Number.isFinite(value) ? floatDecimal(Math.fround(value)) : String(value)
  return text.startsWith('-') ? { text, level: 'unary' } : atom(text)
}
