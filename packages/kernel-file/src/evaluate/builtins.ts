/** The functions of `@qernel/dsl/source` and of `Math`, on numbers that are known and on values of the kernel. */
import {
  argmax,
  argmin,
  dot,
  type Index,
  max,
  min,
  type OperationName,
  operations,
  type ReductionAxis,
  storageTypes,
  sum,
  Value,
} from '@qernel/dsl'
import { applyOperation, isIntegral } from '@qernel/dsl/internal'
import * as source from '@qernel/dsl/source'
import { reductionAxes, underItsNames } from './axes.ts'
import { describe } from './describe.ts'
import { type Builtin, type Call, type Closure, isThing, type Known, poison } from './known.ts'
import { asValue, unified } from './operators.ts'
import { Poisoned } from './reports.ts'

/** A function of the language that is not called with what has been reported already. */
export const builtin = (name: string, call: Builtin['call']): Builtin => ({
  kind: 'builtin',
  name,
  call: one => (one.isPoisoned ? poison : call(one)),
})

/** The functions that are one operation. On known numbers they compute now, as the module of the same name does. */
const scalar = {
  abs: source.abs,
  round: source.round,
  roundHalfAway: source.roundHalfAway,
  floor: source.floor,
  ceil: source.ceil,
  trunc: source.trunc,
  sqrt: source.sqrt,
  exp: source.exp,
  exp2: source.exp2,
  log2: source.log2,
  fma: source.fma,
  clamp: source.clamp,
} satisfies Partial<Record<OperationName, (...args: never[]) => number>>

/** A function that is one operation, under the name by which it is called. */
export function scalarFunction(name: keyof typeof scalar, written: string = name): Builtin {
  const { arity, on } = operations[name]
  return builtin(written, call => {
    const wrong = wrongCount(call, written, arity)
    if (wrong !== undefined) return wrong
    if (call.args.every(one => typeof one === 'number'))
      return (scalar[name] as (...args: readonly number[]) => number)(...(call.args as readonly number[]))
    const operands = unified(written, call)
    if (operands === undefined) return poison
    const at = operands.findIndex(operand => operand instanceof Value)
    const { type } = operands[at] as Value
    if (!on.includes(type)) return wrongType(call, written, at, type, on.join(' or '))
    return call.attempt(() => applyOperation(name, ...operands))
  })
}

const wrongType = (call: Call, name: string, at: number, type: string, needed: string): Known =>
  call.report(
    'dtype',
    `${name} needs ${needed}, but ${call.textOf(at)} is ${type === 'bool' ? 'a comparison' : type}`,
    type === 'bool' ? `${call.textOf(at)} ? 1 : 0` : needed.includes('f32') ? `toF32(${call.textOf(at)})` : undefined,
    at,
  )

export function wrongCount(call: Call, name: string, expected: number): Known | undefined {
  const given = call.args.length
  if (given === expected) return undefined
  return call.report(
    'arguments',
    `${name} takes ${expected} ${expected === 1 ? 'argument' : 'arguments'}, but ${given} ${given === 1 ? 'is' : 'are'} given`,
  )
}

/** A function of the file as the body of a reduction. */
function body(call: Call, closure: Closure, name: string): (...index: Index[]) => Value | number {
  return underItsNames(closure, (...index: Index[]) => {
    const value = asValue(call.invoke(closure, index))
    if (value instanceof Value && value.type !== 'bool') return value
    if (typeof value === 'number') return value
    if (!isThing(value, 'poison'))
      call.report(
        'operand',
        `the function of ${name} gives ${describe(value)}`,
        value instanceof Value ? 'a number for both cases: condition ? 1 : 0' : 'a value',
        1,
      )
    throw new Poisoned()
  })
}

const reducers = { sum, max, min }
const largerOrSmaller = { max: source.max, min: source.min }

function reduction(name: keyof typeof reducers): Builtin {
  return builtin(name, call => {
    const wrong = wrongCount(call, name, 2)
    if (wrong !== undefined) return wrong
    const [over, by] = call.args
    if (isThing(by, 'closure')) {
      const axes = reductionAxes(call, over, by)
      return axes === undefined ? poison : call.attempt(() => reducers[name](axes, body(call, by, name)))
    }
    if (name === 'sum') return call.report('arguments', 'sum runs over an axis', 'sum(D, d => x(t, d))', 1)
    if (call.args.every(one => typeof one === 'number')) return largerOrSmaller[name](over as number, by as number)
    const operands = unified(name, call)
    if (operands === undefined) return poison
    const at = operands.findIndex(operand => operand instanceof Value)
    const { type } = operands[at] as Value
    if (type === 'bool') return wrongType(call, name, at, type, 'numbers')
    return call.attempt(() => applyOperation(name, ...operands))
  })
}

const dotProduct = builtin('dot', call => {
  const wrong = wrongCount(call, 'dot', 2)
  if (wrong !== undefined) return wrong
  const [over, by] = call.args
  if (!isThing(by, 'closure'))
    return call.report('arguments', 'dot needs a function', 'dot(D, d => [x(t, d), y(d)])', 1)
  const axes = reductionAxes(call, over, by)
  return axes === undefined ? poison : call.attempt(() => dot(axes, factors(call, by)))
})

/** A function of the file that gives the two factors of a product. */
function factors(call: Call, closure: Closure): (...index: Index[]) => readonly [Value | number, Value | number] {
  return underItsNames(closure, (...index: Index[]) => {
    const pair = call.invoke(closure, index)
    const items = isThing(pair, 'list') ? pair.items.map(asValue) : []
    const [a, b] = items.map(factor)
    const oneIsValue = a instanceof Value || b instanceof Value
    if (items.length === 2 && a !== undefined && b !== undefined && oneIsValue) return [a, b]
    if (!isThing(pair, 'poison') && !items.some(one => isThing(one, 'poison')))
      call.report(
        'operand',
        `the function of dot gives ${describe(pair)}`,
        'two factors of type f32: [x(t, d), y(d)]',
        1,
      )
    throw new Poisoned()
  })
}

const factor = (one: Known): Value | number | undefined =>
  typeof one === 'number' || (one instanceof Value && one.type === 'f32') ? one : undefined

const isList = Array.isArray as (axes: unknown) => axes is readonly unknown[]
const arguments_ = { argmax, argmin }

function argumentOf(name: keyof typeof arguments_): Builtin {
  return builtin(name, call => {
    const wrong = wrongCount(call, name, 2)
    if (wrong !== undefined) return wrong
    const [over, by] = call.args
    if (!isThing(by, 'closure'))
      return call.report('arguments', `${name} needs a function`, `${name}(D, d => x(t, d))`, 1)
    const axes = reductionAxes(call, over, by)
    if (axes === undefined) return poison
    const [axis] = Object.values<ReductionAxis>(axes)
    if (axis === undefined) return poison
    const of = body(call, by, name)
    const value = underItsNames(by, (index: Index): Value => {
      const one = of(index)
      if (one instanceof Value) return one
      call.report('operand', `the function of ${name} gives the number ${one} for every index`, 'a value', 1)
      throw new Poisoned()
    })
    return call.attempt(() => arguments_[name](isList(axes) ? axis : axes, value))
  })
}

/** How a float becomes an integer. */
export const roundings = 'round(…) (ties to even), roundHalfAway(…), floor(…), ceil(…) or trunc(…)'
/** Whether an f32 value may become an integer. */
export const isRounded = (value: Value): boolean => isIntegral(value.expr)

/** Functions of a value and a storage type. */
const { saturate, wrap, narrow, floatBits, bitsFloat } = source
const conversions = { saturate, wrap, narrow, floatBits, bitsFloat }

function conversion(name: keyof typeof conversions): Builtin {
  return builtin(name, call => {
    const wrong = wrongCount(call, name, 2)
    if (wrong !== undefined) return wrong
    const [given, to] = call.args
    if (!isThing(to, 'type'))
      return call.report(
        'arguments',
        `${name} needs a type, but ${call.textOf(1)} is ${describe(to)}`,
        `${name}(${call.textOf(0)}, i8)`,
        1,
      )
    const isFloat = to.type.kind === 'float'
    if (isFloat === (name === 'saturate' || name === 'wrap'))
      return call.report(
        'dtype',
        `${name} needs ${isFloat ? 'an integer' : 'a float'} type, but ${call.textOf(1)} is ${isFloat ? 'a float' : 'an integer'}`,
        isFloat ? `narrow(${call.textOf(0)}, ${to.type.name})` : 'saturate or wrap',
        1,
      )
    if (typeof given === 'number') return conversions[name](given, to.type)
    const value = asValue(given)
    if (!(value instanceof Value))
      return call.report('operand', `${name} needs a value, but ${call.textOf(0)} is ${describe(given)}`, undefined, 0)
    if (name === 'saturate' && value.type === 'f32' && !isRounded(value))
      return call.report('dtype', `${call.textOf(0)} is f32 that was not rounded`, roundings, 0)
    return call.attempt(() => value[name](to.type))
  })
}

const toF32 = builtin('toF32', call => {
  const wrong = wrongCount(call, 'toF32', 1)
  if (wrong !== undefined) return wrong
  const value = asValue(call.args[0])
  if (typeof value === 'number') return value
  if (!(value instanceof Value) || value.type === 'bool')
    return call.report(
      'dtype',
      `toF32 needs a number, but ${call.textOf(0)} is ${describe(call.args[0])}`,
      undefined,
      0,
    )
  return call.attempt(() => value.toF32())
})

const field = builtin('field', call => {
  const [type, second, third] = call.args
  const [length, value] = call.args.length === 2 ? [undefined, second] : [second, third]
  if (!isThing(type, 'type') || !isThing(value, 'closure'))
    return call.report(
      'arguments',
      'a field has a type, a length if it has several elements, and a function',
      'field(i8, { e: 32 }, (t, b, e) => …)',
    )
  return { kind: 'field', type: type.type, length, value }
})

const halfSplit = builtin('halfSplit', call => {
  const [type, block] = call.args
  if (!isThing(type, 'type') || typeof block !== 'number')
    return call.report('arguments', 'halfSplit needs a type and a number', 'halfSplit(u4, 32)')
  return call.attempt(() => ({ kind: 'type', type: source.halfSplit(type.type, block) }))
})

/** What a file may import from `@qernel/dsl/source`, except `kernel` and `schedule`. */
export const sourceExports: ReadonlyMap<string, Known> = new Map<string, Known>([
  ...Object.keys(scalar).map(name => [name, scalarFunction(name as keyof typeof scalar)] as const),
  ...Object.keys(reducers).map(name => [name, reduction(name as keyof typeof reducers)] as const),
  ...Object.keys(arguments_).map(name => [name, argumentOf(name as keyof typeof arguments_)] as const),
  ...Object.keys(conversions).map(name => [name, conversion(name as keyof typeof conversions)] as const),
  ...[...storageTypes].map(([name, type]) => [name, { kind: 'type', type }] as const),
  ...[dotProduct, toF32, field, halfSplit].map(one => [one.name, one] as const),
])
