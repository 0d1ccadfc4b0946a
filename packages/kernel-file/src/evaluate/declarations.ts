/** What the function of a kernel is given: `size`, `input`, `output` and so on, each as the call of the builder that it stands for. */
import {
  type Field,
  type FieldLayout,
  field,
  type Index,
  type KernelBuilder,
  type SizeFact,
  type StorageType,
  Value,
} from '@qernel/dsl'
import { checkParameters, dimensions, dimensionsText, underItsNames } from './axes.ts'
import { isRounded, roundings } from './builtins.ts'
import { describe } from './describe.ts'
import { type Builtin, type Call, type Closure, isThing, type Known, poison, type Thing } from './known.ts'
import { asValue } from './operators.ts'
import { Poisoned } from './reports.ts'
import { resultOf } from './result-of.ts'

type Declare = (builder: KernelBuilder, call: Call) => Known

/** The name of what is declared: text that is known. Undefined after a report. */
function nameOf(call: Call, what: string): string | undefined {
  const [name] = call.args
  if (typeof name === 'string') return name
  if (!isThing(name, 'poison'))
    call.report('arguments', `the name of ${what} is ${describe(name)}`, `a text: '${what.split(' ')[1]}'`, 0)
  return undefined
}

function typeOf(call: Call): StorageType | undefined {
  const type = call.args[1]
  if (isThing(type, 'type')) return type.type
  if (!isThing(type, 'poison'))
    call.report('dtype', `the type is ${describe(type)}`, 'a type of @qernel/dsl/source: f32, f16, bf16, i8, u4, …', 1)
  return undefined
}

const facts = ['multipleOf', 'atMost'] as const

const size: Declare = (builder, call) => {
  const name = nameOf(call, 'a size')
  const given = call.args[1]
  if (name === undefined || isThing(given, 'poison')) return poison
  const found: { -readonly [Fact in keyof SizeFact]: number } = {}
  if (given !== undefined) {
    if (!isThing(given, 'object'))
      return call.report('arguments', `the facts of a size are ${describe(given)}`, '{ multipleOf: 32 }', 1)
    for (const [fact, value] of given.entries) {
      const known = facts.find(one => one === fact)
      if (known === undefined || typeof value !== 'number')
        return call.report(
          'arguments',
          `${fact}: ${describe(value)} is no fact of a size`,
          '{ multipleOf: 32 } or { atMost: 4096 }',
          1,
        )
      found[known] = value
    }
  }
  return call.attempt(() => ({
    kind: 'size',
    handle: builder.size(name, given === undefined ? undefined : found),
    multipleOf: found.multipleOf ?? 1,
  }))
}

const input: Declare = (builder, call) => {
  const name = nameOf(call, 'an input')
  const type = typeOf(call)
  const dims = dimensions(call, 2)
  if (name === undefined || type === undefined || dims === undefined) return poison
  if (!isList(dims)) return call.report('arguments', 'the dimensions of an input are a list', '[T, D]', 2)
  return call.attempt(() => ({ kind: 'tensor', name, handle: builder.input(name, type, dims) }))
}

const isList = <One>(several: readonly One[] | Readonly<Record<string, One>>): several is readonly One[] =>
  Array.isArray(several)

const stage =
  (role: 'output' | 'temporary'): Declare =>
  (builder, call) => {
    const name = nameOf(call, `an ${role}`)
    const type = typeOf(call)
    const dims = dimensions(call, 2)
    const value = call.args[3]
    if (!isThing(value, 'closure')) {
      if (isThing(value, 'poison')) return poison
      return call.report(
        'arguments',
        `${role} needs a function that gives each element, but there is ${describe(value)}`,
        `${role}('${name ?? 'q'}', i8, [T, D], (t, d) => …)`,
        value === undefined ? undefined : 3,
      )
    }
    if (name === undefined || type === undefined || dims === undefined) return poison
    const count = Object.keys(dims).length
    if (!checkParameters(call, value, count, `${name} has ${dimensionsText(count)}`, 3)) return poison
    return call.attempt(() => ({
      kind: 'tensor',
      name,
      handle: builder[role](name, type, dims, underItsNames(value, elementOf(call, value, type, name))),
    }))
  }

/** The function of the author as the builder calls it: with the indices of one element. */
function elementOf(call: Call, closure: Closure, type: StorageType, name: string) {
  return (...index: Index[]): Value | number => {
    const given = call.invoke(closure, index)
    const value = asValue(given)
    if (isThing(value, 'poison')) throw new Poisoned()
    const fail = (message: string, instead?: string): never => {
      call.reportAt(resultOf(closure), 'dtype', message, instead)
      throw new Poisoned()
    }
    if (typeof value === 'number') {
      if (type.kind !== 'float' && !Number.isInteger(value))
        return fail(`${name} is ${type.name}, but its value is ${value}`, 'a whole number')
      return value
    }
    if (!(value instanceof Value)) {
      if (given === undefined) return fail(`the function of ${name} returns nothing`, 'return …')
      return fail(`the function of ${name} gives ${describe(given)}`, 'a value')
    }
    if (value.type === 'bool')
      return fail(`${name} is ${type.name}, but its value is a comparison`, 'condition ? 1 : 0')
    if (type.kind === 'float' && value.type !== 'f32')
      return fail(`${name} is ${type.name}, but its value is ${value.type}`, 'toF32(…)')
    if (type.kind !== 'float' && value.type === 'f32' && !isRounded(value))
      return fail(`${name} is ${type.name}, but its value is f32 that was not rounded`, roundings)
    return value
  }
}

type FieldLength = NonNullable<FieldLayout['length']>

/** The length of a field: a number or a size, with or without the name of its axis. Undefined after a report. */
function lengthOf(call: Call, field: string, known: Known, axis: string | undefined): FieldLength | undefined {
  if (isThing(known, 'object')) {
    const entries = [...known.entries].map(([name, one]) => [name, plainLength(call, field, one)] as const)
    return entries.some(([, length]) => length === undefined) ? undefined : (Object.fromEntries(entries) as FieldLength)
  }
  const length = plainLength(call, field, known)
  return axis === undefined || length === undefined ? length : ({ [axis]: length } as FieldLength)
}

function plainLength(call: Call, field: string, known: Known): FieldLength | undefined {
  if (typeof known === 'number') return known
  if (isThing(known, 'size')) return known.handle
  if (!isThing(known, 'poison'))
    call.report('arguments', `the length of the field ${field} is ${describe(known)}`, 'a number, or a size', 2)
  return undefined
}

/** The name, the dimensions and the fields of a record as they are written; undefined after a report. */
function recordOf(call: Call, example: string) {
  const name = nameOf(call, 'a record')
  const dims = dimensions(call, 1)
  const given = call.args[2]
  if (name === undefined || dims === undefined) return undefined
  if (isThing(given, 'object')) return { name, dims, given }
  call.report('arguments', `the fields of a record are ${describe(given)}`, example, 2)
  return undefined
}

const inputRecord: Declare = (builder, call) => {
  const record = recordOf(call, '{ d: { type: f16 }, q: { type: i8, length: 32 } }')
  if (record === undefined) return poison
  const { name, dims, given } = record
  const fields: [string, FieldLayout][] = []
  for (const [key, one] of given.entries) {
    const type = isThing(one, 'object') ? one.entries.get('type') : undefined
    if (!isThing(one, 'object') || !isThing(type, 'type'))
      return call.report('arguments', `the field ${key} is ${describe(one)}`, '{ type: i8, length: 32 }', 2)
    const given = one.entries.get('length')
    const length = given === undefined ? undefined : lengthOf(call, key, given, undefined)
    if (given !== undefined && length === undefined) return poison
    fields.push([key, { type: type.type, ...(length !== undefined && { length }) }])
  }
  return call.attempt(() => ({
    kind: 'record',
    name,
    handle: builder.inputRecord(name, dims, Object.fromEntries(fields)),
  }))
}

const outputRecord: Declare = (builder, call) => {
  const record = recordOf(call, '{ d: field(f16, (t, b) => …) }')
  if (record === undefined) return poison
  const { name, dims, given } = record
  const fields: [string, Field][] = []
  for (const [key, one] of given.entries) {
    if (isThing(one, 'poison')) return poison
    if (!isThing(one, 'field') || one.value === undefined)
      return call.report('arguments', `the field ${key} is ${describe(one)}`, `${key}: field(f16, (t, b) => …)`, 2)
    const { type, length, value } = one
    const count = Object.keys(dims).length + (length === undefined ? 0 : 1)
    if (!checkParameters(call, value, count, `${name}.${key} has ${dimensionsText(count)}`, 2)) return poison
    const last = value.expression.parameters[count - 1]?.pattern
    const axis = last?.kind === 'name' && /^[A-Za-z]\w*$/.test(last.name) ? last.name : undefined
    const own = underItsNames(value, elementOf(call, value, type, `${name}.${key}`))
    if (length === undefined) {
      fields.push([key, field(type, own)])
      continue
    }
    const known = lengthOf(call, key, length, isThing(length, 'object') ? undefined : axis)
    if (known === undefined) return poison
    fields.push([key, field(type, known as number, own)])
  }
  return call.attempt(() => ({
    kind: 'record',
    name,
    handle: builder.outputRecord(name, dims, Object.fromEntries(fields)),
  }))
}

const declarations: Readonly<Record<keyof KernelBuilder, Declare>> = {
  size,
  input,
  output: stage('output'),
  temporary: stage('temporary'),
  inputRecord,
  outputRecord,
}

/** The argument of the function of a kernel. */
export const builderObject = (builder: KernelBuilder): Thing => ({
  kind: 'object',
  entries: new Map(
    Object.entries(declarations).map(([name, declare]): [string, Builtin] => [
      name,
      { kind: 'builtin', name, call: call => declare(builder, call) },
    ]),
  ),
})
