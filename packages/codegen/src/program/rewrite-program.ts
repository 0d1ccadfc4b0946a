/**
 * Rewriting device programs. Unchanged parts stay the same objects, because most passes leave most of a program as it is.
 */
import { mapList } from '@qernel/dsl/internal'
import type { DeviceExpr, DeviceFunction, DeviceProgram, DeviceStatement } from './device-program.ts'

/** The role of an expression in its statement. */
export type Role = 'value' | 'index' | 'condition' | 'extent'

/** A pass that rewrites the body of each function. */
export const rewriteBodies = (
  program: DeviceProgram,
  rewrite: (body: readonly DeviceStatement[], one: DeviceFunction) => readonly DeviceStatement[],
): DeviceProgram => ({
  ...program,
  functions: program.functions.map(one => ({ ...one, body: rewrite(one.body, one) })),
})

/** The statements with all their expressions rewritten. */
export const mapExpressions = (
  body: readonly DeviceStatement[],
  change: (e: DeviceExpr, role: Role, statement: DeviceStatement) => DeviceExpr,
): readonly DeviceStatement[] => mapList(body, statement => mapStatement(statement, change))

function mapStatement(
  s: DeviceStatement,
  change: (e: DeviceExpr, role: Role, statement: DeviceStatement) => DeviceExpr,
): DeviceStatement {
  switch (s.kind) {
    case 'let':
    case 'var': {
      if (s.value === undefined) return s
      const value = change(s.value, 'value', s)
      return value === s.value ? s : { ...s, value }
    }
    case 'assign':
    case 'store':
    case 'atomicMax': {
      const index = s.index && change(s.index, 'index', s)
      const value = change(s.value, 'value', s)
      if (index === s.index && value === s.value) return s
      return (index === undefined ? { ...s, value } : { ...s, index, value }) as DeviceStatement
    }
    case 'if': {
      const condition = change(s.condition, 'condition', s)
      const body = mapExpressions(s.body, change)
      return condition === s.condition && body === s.body ? s : { ...s, condition, body }
    }
    case 'for': {
      const extent = change(s.extent, 'extent', s)
      const body = mapExpressions(s.body, change)
      return extent === s.extent && body === s.body ? s : { ...s, extent, body }
    }
    case 'array':
    case 'barrier':
    case 'comment':
      return s
  }
}

/** The statements with the body of each loop and condition rewritten. */
export const mapBodies = (
  body: readonly DeviceStatement[],
  rewrite: (body: readonly DeviceStatement[]) => readonly DeviceStatement[],
): readonly DeviceStatement[] =>
  mapList(body, s => {
    if (!('body' in s)) return s
    const inner = rewrite(s.body)
    return inner === s.body ? s : { ...s, body: inner }
  })

/** The expression with its operands changed, in order. The operand of a load is its index. */
export function mapOperands(e: DeviceExpr, change: (operand: DeviceExpr) => DeviceExpr): DeviceExpr {
  switch (e.kind) {
    case 'op':
    case 'construct':
      return withArguments(e, mapList(e.args, change))
    case 'component': {
      const of = change(e.of)
      return of === e.of ? e : { ...e, of }
    }
    case 'dynamicComponent': {
      const of = change(e.of)
      const lane = change(e.lane)
      return of === e.of && lane === e.lane ? e : { ...e, of, lane }
    }
    case 'load': {
      const index = change(e.index)
      return index === e.index ? e : { ...e, index }
    }
    default:
      return e
  }
}

/** The same operation or vector with other arguments. */
export const withArguments = <E extends DeviceExpr & { readonly kind: 'op' | 'construct' }>(
  e: E,
  args: readonly DeviceExpr[],
): E => (args === e.args ? e : { ...e, args })

/** Whether two expressions are structurally equal. */
export function isSameExpression(a: DeviceExpr, b: DeviceExpr): boolean {
  if (a === b) return true
  if (a.kind !== b.kind || a.type.scalar !== b.type.scalar || a.type.lanes !== b.type.lanes) return false
  switch (a.kind) {
    case 'literal':
      return Object.is(a.value, (b as typeof a).value)
    case 'variable':
      return a.name === (b as typeof a).name
    case 'size':
      return a.size === (b as typeof a).size
    case 'thread':
      return a.of === (b as typeof a).of && a.dimension === (b as typeof a).dimension
    case 'op': {
      const other = b as typeof a
      return a.op === other.op && areSame(a.args, other.args)
    }
    case 'construct':
      return areSame(a.args, (b as typeof a).args)
    case 'component':
      return a.lane === (b as typeof a).lane && isSameExpression(a.of, (b as typeof a).of)
    case 'dynamicComponent':
      return isSameExpression(a.of, (b as typeof a).of) && isSameExpression(a.lane, (b as typeof a).lane)
    case 'load': {
      const other = b as typeof a
      const isAlike = a.access.storage === other.access.storage && a.access.lanes === other.access.lanes
      return a.array === other.array && isAlike && isSameExpression(a.index, other.index)
    }
  }
}

const areSame = (a: readonly DeviceExpr[], b: readonly DeviceExpr[]): boolean =>
  a.length === b.length && a.every((arg, i) => isSameExpression(arg, b[i] as DeviceExpr))
