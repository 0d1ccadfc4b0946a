/** Checks of assignments and stores. */

import { typeText } from '../operations/type-rules.ts'
import type { DeviceStatement } from '../program/device-program.ts'
import { u32Type } from '../program/device-type.ts'
import { areEqual, checkAccess, type FunctionNames, isIndex } from './check-expression.ts'

type Write = DeviceStatement & { readonly kind: 'assign' | 'store' | 'atomicMax' }

/** The fault in the target of a write or in the type of its value; undefined if there is none. */
export function checkStore(s: Write, names: FunctionNames): string | undefined {
  if (s.kind === 'assign') return checkAssignment(s, names)
  const global = names.globals.get(s.array)
  if (global?.access === 'read') return `${s.array} is read-only`
  if (global === undefined && names.locals.find(s.array) !== undefined)
    return `${s.array} is private, so it must be assigned, not stored to`
  if (s.kind === 'store') return checkAccess(s.array, s.access, s.value.type, s.index, names)
  if (global?.access !== 'atomic') return `${s.array} is not an array of atomic words`
  return checkAccess(s.array, { storage: 'u32', lanes: 1 }, s.value.type, s.index, names)
}

function checkAssignment(s: Write & { readonly kind: 'assign' }, { locals }: FunctionNames): string | undefined {
  const local = locals.find(s.name)
  if (local === undefined) return `no variable ${s.name} is declared here`
  if (local.kind === 'constant') return `${s.name} is not a variable: it keeps the value of its declaration`
  if ((local.kind === 'array') !== (s.index !== undefined))
    return `${s.name} is ${local.kind === 'array' ? 'an array, but is assigned without an index' : 'not an array, but is assigned with an index'}`
  if (s.index !== undefined && !isIndex(s.index.type))
    return `an element of ${s.name} is selected by a value that is not an index`
  const { scalar, lanes } = local.type
  if (s.lane === undefined)
    return areEqual(local.type, s.value.type)
      ? undefined
      : `${s.name} holds ${typeText(local.type)}, not ${typeText(s.value.type)}`
  return s.lane >= 0 && s.lane < lanes && areEqual({ ...u32Type, scalar }, s.value.type)
    ? undefined
    : `${s.name} has no lane ${s.lane} of ${typeText(s.value.type)}`
}
