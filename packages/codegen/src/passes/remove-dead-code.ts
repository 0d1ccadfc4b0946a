/** Drops code that no store depends on: loops that never run, and names and private values that nothing reads. */

import { flatMap } from '@qernel/dsl/internal'
import type { DeviceExpr, DeviceFunction, DeviceProgram, DeviceStatement } from '../program/device-program.ts'
import { arraysWritten, namesRead } from '../program/walk-program.ts'

export const removeDeadCode = (program: DeviceProgram): DeviceProgram => ({
  ...program,
  functions: program.functions.map(removeFrom),
})

function removeFrom(one: DeviceFunction): DeviceFunction {
  let body = one.body
  let read = namesRead(body)
  // A dropped statement may have been the last reader of another name, so this repeats until nothing changes.
  for (let next = prune(body, read); next !== body; next = prune(body, read)) {
    body = next
    read = namesRead(body)
  }
  if (one.shared.length === 0) return { ...one, body }
  const written = arraysWritten(body)
  return { ...one, body, shared: one.shared.filter(({ name }) => read.has(name) || written.has(name)) }
}

/** The statements that are needed; the same list object if all are. */
function prune(body: readonly DeviceStatement[], read: ReadonlySet<string>): readonly DeviceStatement[] {
  const kept = flatMap(body, statement => pruneStatement(statement, read) ?? [])
  return kept.length === body.length && kept.every((statement, i) => statement === body[i]) ? body : kept
}

function pruneStatement(statement: DeviceStatement, read: ReadonlySet<string>): DeviceStatement | undefined {
  switch (statement.kind) {
    case 'let':
    case 'var':
    case 'array':
    case 'assign':
      return read.has(statement.name) ? statement : undefined
    case 'if':
    case 'for': {
      if (neverRuns(statement)) return undefined
      const body = prune(statement.body, read)
      if (isEmpty(body)) return undefined
      return body === statement.body ? statement : { ...statement, body }
    }
    case 'store':
    case 'atomicMax':
    case 'barrier':
    case 'comment':
      return statement
  }
}

const neverRuns = (statement: DeviceStatement & { kind: 'if' | 'for' }): boolean =>
  statement.kind === 'if' ? isFalse(statement.condition) : isZero(statement.extent)

const isZero = (e: DeviceExpr): boolean => e.kind === 'literal' && e.value === 0

/** Whether a condition is `index < 0`, or a conjunction that contains it. */
function isFalse(e: DeviceExpr): boolean {
  if (e.kind !== 'op') return isZero(e)
  if (e.op === 'all') return e.args.some(isFalse)
  const [index, bound] = e.args
  return e.op === 'lt' && index?.type.scalar === 'u32' && bound !== undefined && isZero(bound)
}

const isEmpty = (body: readonly DeviceStatement[]): boolean => body.every(({ kind }) => kind === 'comment')
