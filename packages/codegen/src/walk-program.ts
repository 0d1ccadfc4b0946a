/** Walking device programs. */
import type { DeviceExpr, DeviceStatement } from './device-program.ts'

/** Every statement, each before those inside it. */
export function* statementsOf(body: readonly DeviceStatement[]): Generator<DeviceStatement> {
  for (const statement of body) {
    yield statement
    if ('body' in statement) yield* statementsOf(statement.body)
  }
}

/** The expressions that stand in a statement itself, not in its body. */
export function* expressionsIn(statement: DeviceStatement): Generator<DeviceExpr> {
  if ('index' in statement && statement.index !== undefined) yield statement.index
  if ('value' in statement && statement.value !== undefined) yield statement.value
  if (statement.kind === 'if') yield statement.condition
  if (statement.kind === 'for') yield statement.extent
}

/** An expression and all its operands. */
export function* operandsOf(e: DeviceExpr): Generator<DeviceExpr> {
  yield e
  if (e.kind === 'load') yield* operandsOf(e.index)
  if (e.kind === 'op' || e.kind === 'construct') for (const arg of e.args) yield* operandsOf(arg)
  if (e.kind === 'component' || e.kind === 'dynamicComponent') yield* operandsOf(e.of)
  if (e.kind === 'dynamicComponent') yield* operandsOf(e.lane)
}

/** Every name that the statements declare. */
export function* declaredNames(body: readonly DeviceStatement[]): Generator<string> {
  for (const statement of statementsOf(body)) {
    const isDeclaration = ['let', 'var', 'array', 'for'].includes(statement.kind)
    if (isDeclaration && 'name' in statement) yield statement.name
  }
}

/** Variables and arrays whose value the statements use. */
export function namesRead(body: readonly DeviceStatement[]): Set<string> {
  const names = new Set<string>()
  for (const statement of statementsOf(body))
    for (const root of expressionsIn(statement))
      for (const e of operandsOf(root)) {
        if (e.kind === 'variable') names.add(e.name)
        if (e.kind === 'load') names.add(e.array)
      }
  return names
}

/** Arrays in global or shared memory that the statements write. */
export function arraysWritten(body: readonly DeviceStatement[]): Set<string> {
  const names = new Set<string>()
  for (const statement of statementsOf(body))
    if (statement.kind === 'store' || statement.kind === 'atomicMax') names.add(statement.array)
  return names
}
