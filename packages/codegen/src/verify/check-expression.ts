/** Checks of one expression: names, types, accesses to arrays. */

import { elementTypes } from '@qernel/dsl/internal'
import { deviceOperations } from '../operations/device-operations.ts'
import { typeText } from '../operations/type-rules.ts'
import type { DeviceExpr, ElementType, GlobalArray, SharedArray } from '../program/device-program.ts'
import type { DeviceType, Scalar } from '../program/device-type.ts'
import { operandsOf } from '../program/walk-program.ts'
import type { Names } from './scope.ts'

/** The names that may be used in a function. */
export interface FunctionNames {
  readonly locals: Names
  readonly globals: ReadonlyMap<string, GlobalArray>
  readonly shared: ReadonlyMap<string, SharedArray>
  readonly sizes: ReadonlySet<string>
  readonly castsPointers: boolean
}

/**
 * The first fault in an expression; undefined if there is none. Uses a list instead of recursion, because expressions may be deep, and
 * checks shared parts once.
 *
 * @param isUniformHere whether all threads of a workgroup reach the expression
 */
export function checkExpression(e: DeviceExpr, names: FunctionNames, isUniformHere: boolean): string | undefined {
  const seen = new Set<DeviceExpr>()
  const waiting: DeviceExpr[] = [e]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    const problem = checkNode(next, names, isUniformHere)
    if (problem !== undefined) return problem
    waiting.push(...operandsOf(next))
  }
  return undefined
}

function checkNode(e: DeviceExpr, names: FunctionNames, isUniformHere: boolean): string | undefined {
  switch (e.kind) {
    case 'literal':
      return e.type.lanes === 1 && isValue(e.value, e.type.scalar)
        ? undefined
        : `${e.value} is not a valid ${typeText(e.type)}`
    case 'variable': {
      const local = names.locals.find(e.name)
      if (local === undefined) return `no variable ${e.name} is declared here`
      if (local.kind === 'array') return `${e.name} is a private array; only its elements can be read`
      return areEqual(local.type, e.type) ? undefined : `${e.name} is ${typeText(local.type)}, not ${typeText(e.type)}`
    }
    case 'size':
      if (!names.sizes.has(e.size)) return `the program has no size ${e.size}`
      return isIndex(e.type) ? undefined : `size ${e.size} is u32, not ${typeText(e.type)}`
    case 'thread':
      return isIndex(e.type) ? undefined : `${e.of}.${e.dimension} is u32, not ${typeText(e.type)}`
    case 'component':
      return isLaneOf(e.type, e.of.type) && e.lane >= 0 && e.lane < e.of.type.lanes
        ? undefined
        : `${typeText(e.of.type)} has no lane ${e.lane} of ${typeText(e.type)}`
    case 'dynamicComponent':
      return isLaneOf(e.type, e.of.type) && isIndex(e.lane.type)
        ? undefined
        : `a lane of ${typeText(e.of.type)} is not ${typeText(e.type)}, or its index is not a word`
    case 'construct': {
      const areLanes = e.args.every(({ type }) => type.lanes === 1 && type.scalar === e.type.scalar)
      return areLanes && (e.args.length === 1 || e.args.length === e.type.lanes)
        ? undefined
        : `${typeText(e.type)} cannot be made of (${e.args.map(({ type }) => typeText(type)).join(', ')})`
    }
    case 'load':
      return checkAccess(e.array, e.access, e.type, e.index, names)
    case 'op':
      if (e.op === 'shuffleXor' && !isUniformHere) return 'some threads of a workgroup may not get to this shuffle'
      return deviceOperations[e.op].types(e)
  }
}

/** The scalar type that a read of a memory element returns. */
const computed = (storage: ElementType['storage']): Scalar =>
  storage === 'bool' ? storage : elementTypes[storage].compute

/** Checks a read or a write: the array must be known, its elements must fit the access, and the value must have their type. */
export function checkAccess(
  array: string,
  access: ElementType,
  value: DeviceType,
  index: DeviceExpr,
  { globals, shared, locals, castsPointers }: FunctionNames,
): string | undefined {
  if (!isIndex(index.type)) return `${array} is accessed at ${typeText(index.type)}, which is not an index`
  if (value.scalar !== computed(access.storage) || value.lanes !== access.lanes)
    return `${array} is accessed as ${access.storage}×${access.lanes}, but the value is ${typeText(value)}`
  const global = globals.get(array)
  if (global !== undefined) {
    const { storage, lanes } = global.element
    return castsPointers || (storage === access.storage && lanes === access.lanes)
      ? undefined
      : `${array} is declared as ${storage}×${lanes}, but accessed as ${access.storage}×${access.lanes}`
  }
  const local = locals.find(array)
  const own = local?.kind === 'array' ? local : shared.get(array)
  if (own === undefined) return `the function has no array ${array}`
  return own.type.scalar === access.storage && own.type.lanes === access.lanes
    ? undefined
    : `${array} holds ${typeText(own.type)}, but is accessed as ${access.storage}×${access.lanes}`
}

export const isIndex = ({ scalar, lanes }: DeviceType): boolean => scalar === 'u32' && lanes === 1
export const areEqual = (a: DeviceType, b: DeviceType): boolean => a.scalar === b.scalar && a.lanes === b.lanes
const isLaneOf = (lane: DeviceType, vector: DeviceType): boolean =>
  lane.lanes === 1 && vector.lanes > 1 && lane.scalar === vector.scalar

function isValue(value: number, scalar: Scalar): boolean {
  switch (scalar) {
    case 'f32':
      return true
    case 'bool':
      return value === 0 || value === 1
    case 'i32':
      return Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31
    case 'u32':
      return Number.isInteger(value) && value >= 0 && value < 2 ** 32
  }
}
