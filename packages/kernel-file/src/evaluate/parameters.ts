/** The compile-time parameters of a kernel: those of the function that makes it, with their defaults and the values that their types allow. */
import { type StorageType, storageTypes } from '@qernel/dsl'
import type { Parameter, TypeSyntax } from '../syntax.ts'
import type { Evaluator } from './evaluator.ts'
import { type Closure, isThing, type Known } from './known.ts'

/** A parameter that `--set name=value` sets. */
export interface KernelParameter {
  readonly name: string
  /** The values allowed; undefined for any number or text. */
  readonly allowed: readonly string[] | undefined
  /** What else is allowed, in words. */
  readonly rule: 'a number' | 'a text' | 'a literal'
  /** The default, as text; undefined if a value must be given. */
  readonly initial: string | undefined
}

interface Found extends KernelParameter {
  /** The value that a text stands for; undefined if it is not allowed. */
  readonly read: (text: string) => Known
}

/** Finds the type that a name stands for; undefined where it is not known. */
export type TypeOf = (name: string) => TypeSyntax | undefined

/** Every parameter of a function that makes a kernel. */
export function parametersOf(closure: Closure, typeOf: TypeOf, evaluator: Evaluator): Found[] {
  return closure.expression.parameters.flatMap(one => {
    const { pattern } = one
    if (pattern.kind === 'name') return [found(pattern.name, one.type, one.initial, typeOf, evaluator, closure)]
    if (pattern.kind !== 'object') return []
    const members = resolved(one.type, typeOf)
    return pattern.entries.map(({ name, initial }) =>
      found(
        name,
        members?.kind === 'object' ? members.members.get(name) : undefined,
        initial,
        typeOf,
        evaluator,
        closure,
      ),
    )
  })
}

const resolved = (type: TypeSyntax | undefined, typeOf: TypeOf): TypeSyntax | undefined =>
  type?.kind === 'name' ? (typeOf(type.name) ?? type) : type

function found(
  name: string,
  written: TypeSyntax | undefined,
  initial: Parameter['initial'],
  typeOf: TypeOf,
  evaluator: Evaluator,
  { scope }: Closure,
): Found {
  const type = resolved(written, typeOf)
  const value = initial && evaluator.evaluate(initial, scope)
  const base = { name, initial: value === undefined ? undefined : textOf(value) }
  if (type?.kind === 'literals') {
    const values = new Map(type.values.map(one => [String(one), one]))
    return { ...base, allowed: [...values.keys()], rule: 'a literal', read: text => values.get(text) }
  }
  const isType = (type?.kind === 'name' && type.name === 'StorageType') || isThing(value, 'type')
  if (isType)
    return {
      ...base,
      allowed: [...storageTypes.keys()],
      rule: 'a literal',
      read: text => typeNamed(storageTypes.get(text)),
    }
  if ((type?.kind === 'name' && type.name === 'string') || typeof value === 'string')
    return { ...base, allowed: undefined, rule: 'a text', read: text => text }
  if (typeof value === 'boolean')
    return {
      ...base,
      allowed: ['false', 'true'],
      rule: 'a literal',
      read: text => ({ true: true, false: false })[text],
    }
  const number = (text: string) => (text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : undefined)
  return { ...base, allowed: undefined, rule: 'a number', read: number }
}

const typeNamed = (type: StorageType | undefined): Known => type && { kind: 'type', type }

function textOf(value: Known): string | undefined {
  if (isThing(value, 'type')) return value.type.name
  return typeof value === 'object' ? undefined : String(value)
}

/** The arguments for a function that makes a kernel, from the values that are set. */
export function argumentsFor(closure: Closure, values: ReadonlyMap<string, Known>): Known[] {
  return closure.expression.parameters.map(({ pattern }): Known => {
    if (pattern.kind === 'name') return values.get(pattern.name)
    if (pattern.kind !== 'object') return undefined
    const given = pattern.entries.filter(({ name }) => values.has(name))
    return { kind: 'object', entries: new Map(given.map(({ name }) => [name, values.get(name)])) }
  })
}
