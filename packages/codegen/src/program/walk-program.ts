/** Walking device programs. */

import { flatMap } from '@qernel/dsl/internal'
import type { DeviceExpr, DeviceStatement } from './device-program.ts'

/** Every statement in order, each before the statements inside it. */
export function statementsOf(body: readonly DeviceStatement[], into: DeviceStatement[] = []): DeviceStatement[] {
  for (const statement of body) {
    into.push(statement)
    if ('body' in statement) statementsOf(statement.body, into)
  }
  return into
}

/** Every name that the statements declare. */
export const declaredNames = (body: readonly DeviceStatement[]): string[] =>
  flatMap(statementsOf(body), s =>
    s.kind === 'let' || s.kind === 'var' || s.kind === 'array' || s.kind === 'for' ? [s.name] : [],
  )

/** Names of the variables and arrays that the statements read. */
export function namesRead(body: readonly DeviceStatement[], names = new Set<string>()): Set<string> {
  for (const statement of body) {
    for (const e of directExpressions(statement)) addNames(e, names)
    if ('body' in statement) namesRead(statement.body, names)
  }
  return names
}

function addNames(e: DeviceExpr, names: Set<string>): void {
  if (e.kind === 'variable') names.add(e.name)
  if (e.kind === 'load') names.add(e.array)
  for (const operand of operandsOf(e)) addNames(operand, names)
}

/** Arrays in global or shared memory that the statements write. */
export function arraysWritten(body: readonly DeviceStatement[]): Set<string> {
  const names = new Set<string>()
  for (const statement of statementsOf(body))
    if (statement.kind === 'store' || statement.kind === 'atomicMax') names.add(statement.array)
  return names
}

/**
 * Every expression of the statements and of those inside them; a shared one appears once. Uses a list instead of recursion because expressions
 * may be deep.
 */
export function expressionsOf(body: readonly DeviceStatement[]): DeviceExpr[] {
  const seen = new Set<DeviceExpr>()
  for (const s of statementsOf(body)) addExpressions(s, seen)
  return [...seen]
}

/** Whether some expression of the statements, or of those inside them, passes a test: the walk ends with it. */
export function someExpression(body: readonly DeviceStatement[], test: (e: DeviceExpr) => boolean): boolean {
  const seen = new Set<DeviceExpr>()
  for (const s of statementsOf(body)) {
    const waiting = directExpressions(s)
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (seen.has(next)) continue
      if (test(next)) return true
      const operands = operandsOf(next)
      if (operands.length === 0) continue
      seen.add(next)
      waiting.push(...operands)
    }
  }
  return false
}

export type DeviceOperationExpr = DeviceExpr & { readonly kind: 'op' }

/** The operations of a statement, without those of its body; a shared one appears once. */
export const operationsIn = (s: DeviceStatement): DeviceOperationExpr[] =>
  [...addExpressions(s, new Set())].filter(e => e.kind === 'op')

function addExpressions(s: DeviceStatement, seen: Set<DeviceExpr>): Set<DeviceExpr> {
  const waiting = directExpressions(s)
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (seen.has(next)) continue
    seen.add(next)
    waiting.push(...operandsOf(next))
  }
  return seen
}

/** The top-level expressions of a statement, without those of its body. */
export function directExpressions(s: DeviceStatement): DeviceExpr[] {
  switch (s.kind) {
    case 'let':
      return [s.value]
    case 'var':
      return s.value === undefined ? [] : [s.value]
    case 'assign':
      return s.index === undefined ? [s.value] : [s.index, s.value]
    case 'store':
    case 'atomicMax':
      return [s.index, s.value]
    case 'if':
      return [s.condition]
    case 'for':
      return [s.extent]
    case 'array':
    case 'barrier':
    case 'comment':
      return []
  }
}

/** The direct operands of an expression. The operand of a load is its index. */
export function operandsOf(e: DeviceExpr): readonly DeviceExpr[] {
  switch (e.kind) {
    case 'op':
    case 'construct':
      return e.args
    case 'component':
      return [e.of]
    case 'dynamicComponent':
      return [e.of, e.lane]
    case 'load':
      return [e.index]
    case 'literal':
    case 'variable':
    case 'size':
    case 'thread':
      return []
  }
}
