/** Drops what no store depends on: loops that never run, names and private values that nothing reads. */
import type { DeviceExpr, DeviceFunction, DeviceProgram, DeviceStatement } from './device-program.ts'
import { arraysWritten, namesRead } from './walk-program.ts'

export const removeDeadCode = (program: DeviceProgram): DeviceProgram => ({
  ...program,
  functions: program.functions.map(removeFrom),
})

function removeFrom(one: DeviceFunction): DeviceFunction {
  let body = one.body
  // What is dropped may have been the last reader of something else.
  for (let before = -1, after = countStatements(body); before !== after; ) {
    before = after
    body = prune(body, namesRead(body))
    after = countStatements(body)
  }
  if (one.shared.length === 0) return { ...one, body }
  const read = namesRead(body)
  const written = arraysWritten(body)
  return { ...one, body, shared: one.shared.filter(({ name }) => read.has(name) || written.has(name)) }
}

const prune = (body: readonly DeviceStatement[], read: ReadonlySet<string>): DeviceStatement[] =>
  body.map(statement => pruneStatement(statement, read)).filter(statement => statement !== undefined)

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
      return isEmpty(body) ? undefined : { ...statement, body }
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

/** `index < 0`, or several conditions one of which is that. */
function isFalse(e: DeviceExpr): boolean {
  if (e.kind !== 'op') return isZero(e)
  if (e.op === 'all') return e.args.some(isFalse)
  const [index, bound] = e.args
  return e.op === 'lt' && index?.type.scalar === 'u32' && bound !== undefined && isZero(bound)
}

const isEmpty = (body: readonly DeviceStatement[]): boolean => body.every(({ kind }) => kind === 'comment')

const countStatements = (body: readonly DeviceStatement[]): number =>
  body.reduce((count, statement) => count + 1 + ('body' in statement ? countStatements(statement.body) : 0), 0)
