/** Walking device programs. */
import type { DeviceExpr, DeviceStatement } from './device-program.ts'

/** Every statement, each before those inside it. */
export function statementsOf(body: readonly DeviceStatement[], into: DeviceStatement[] = []): DeviceStatement[] {
  for (const statement of body) {
    into.push(statement)
    if ('body' in statement) statementsOf(statement.body, into)
  }
  return into
}

/** Every name that the statements declare. */
export const declaredNames = (body: readonly DeviceStatement[]): string[] =>
  statementsOf(body).flatMap(s =>
    s.kind === 'let' || s.kind === 'var' || s.kind === 'array' || s.kind === 'for' ? [s.name] : [],
  )

/** Variables and arrays whose value the statements use. */
export function namesRead(body: readonly DeviceStatement[], names = new Set<string>()): Set<string> {
  for (const statement of body) {
    if ('index' in statement && statement.index !== undefined) addNames(statement.index, names)
    if ('value' in statement && statement.value !== undefined) addNames(statement.value, names)
    if (statement.kind === 'if') addNames(statement.condition, names)
    if (statement.kind === 'for') addNames(statement.extent, names)
    if ('body' in statement) namesRead(statement.body, names)
  }
  return names
}

function addNames(e: DeviceExpr, names: Set<string>): void {
  switch (e.kind) {
    case 'variable':
      names.add(e.name)
      break
    case 'load':
      names.add(e.array)
      addNames(e.index, names)
      break
    case 'op':
    case 'construct':
      for (const arg of e.args) addNames(arg, names)
      break
    case 'dynamicComponent':
      addNames(e.lane, names)
      addNames(e.of, names)
      break
    case 'component':
      addNames(e.of, names)
  }
}

/** Arrays in global or shared memory that the statements write. */
export function arraysWritten(body: readonly DeviceStatement[]): Set<string> {
  const names = new Set<string>()
  for (const statement of statementsOf(body))
    if (statement.kind === 'store' || statement.kind === 'atomicMax') names.add(statement.array)
  return names
}
