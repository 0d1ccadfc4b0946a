/** Constructors of device expressions. Index arithmetic is folded on the way, so that indices stay readable. */

import type { DeviceOperation } from '../operations/device-operations.ts'
import type { DeviceExpr } from './device-program.ts'
import { boolType, type DeviceType, f32Type, i32Type, u32Type, withLanes } from './device-type.ts'

export const literal = (value: number, type: DeviceType = u32Type): DeviceExpr => ({ kind: 'literal', type, value })
export const variable = (name: string, type: DeviceType): DeviceExpr => ({ kind: 'variable', name, type })
export const op = (operation: DeviceOperation, type: DeviceType, ...args: DeviceExpr[]): DeviceExpr => ({
  kind: 'op',
  op: operation,
  type,
  args,
})

const isLiteral = (e: DeviceExpr, value: number): boolean => e.kind === 'literal' && e.value === value

/** a + b of indices (u32). */
export function sum(a: DeviceExpr, b: DeviceExpr): DeviceExpr {
  if (isLiteral(a, 0)) return b
  if (isLiteral(b, 0)) return a
  if (a.kind === 'literal' && b.kind === 'literal') return literal((a.value + b.value) >>> 0)
  // Sums are left-associated, which needs no parentheses; indices wrap, so the order does not matter.
  if (b.kind === 'op' && b.op === 'add') return sum(sum(a, b.args[0] as DeviceExpr), b.args[1] as DeviceExpr)
  return op('add', u32Type, a, b)
}

/** a − b of indices (u32). It may wrap in the arm of a selection that is not taken, which can read before the first element. */
export function difference(a: DeviceExpr, b: DeviceExpr): DeviceExpr {
  if (isLiteral(b, 0)) return a
  if (a.kind === 'literal' && b.kind === 'literal') return literal((a.value - b.value) >>> 0)
  return op('sub', u32Type, a, b)
}

/** a · b of indices (u32). */
export function product(a: DeviceExpr, b: DeviceExpr): DeviceExpr {
  if (isLiteral(a, 0) || isLiteral(b, 0)) return literal(0)
  if (isLiteral(a, 1)) return b
  if (isLiteral(b, 1)) return a
  if (a.kind === 'literal' && b.kind === 'literal') return literal(Math.imul(a.value, b.value) >>> 0)
  return op('mul', u32Type, a, b)
}

/** floor(a / by) of an index. */
export function quotient(a: DeviceExpr, by: number): DeviceExpr {
  if (by === 1) return a
  return (
    exactQuotient(a, by) ??
    (a.kind === 'literal' ? literal(Math.floor(a.value / by)) : op('quotient', u32Type, a, literal(by)))
  )
}

/** a / by, if the form of `a` shows that the division is exact or can be merged into an earlier one. */
function exactQuotient(a: DeviceExpr, by: number): DeviceExpr | undefined {
  if (a.kind === 'literal') return a.value % by === 0 ? literal(a.value / by) : undefined
  if (a.kind !== 'op') return undefined
  const [left, right] = a.args as [DeviceExpr, DeviceExpr]
  // floor(floor(n / a) / b) = floor(n / (a · b)).
  if (a.op === 'quotient' && right.kind === 'literal') {
    const divisor = right.value * by
    return divisor < 2 ** 32 ? op('quotient', u32Type, left, literal(divisor)) : literal(0)
  }
  if (a.op === 'mul') {
    if (right.kind === 'literal' && right.value % by === 0) return product(left, literal(right.value / by))
    return undefined
  }
  if (a.op !== 'add') return undefined
  const parts = [exactQuotient(left, by), exactQuotient(right, by)] as const
  return parts[0] === undefined || parts[1] === undefined ? undefined : sum(parts[0], parts[1])
}

/** a mod by of an index. */
export function remainder(a: DeviceExpr, by: number): DeviceExpr {
  if (by === 1) return literal(0)
  if (a.kind === 'literal') return literal(a.value % by)
  return op('remainder', u32Type, a, literal(by))
}

export const lessThan = (a: DeviceExpr, b: DeviceExpr): DeviceExpr => op('lt', boolType, a, b)

/** One lane of a value; a scalar counts as the same in every lane. */
export function component(of: DeviceExpr, lane: number): DeviceExpr {
  if (of.type.lanes === 1) return of
  if (of.kind === 'construct') return of.args.length === 1 ? (of.args[0] as DeviceExpr) : (of.args[lane] as DeviceExpr)
  return { kind: 'component', type: withLanes(of.type, 1), of, lane }
}

/** A vector of scalars, or the scalar itself if the type has one lane. */
export function construct(type: DeviceType, args: readonly DeviceExpr[]): DeviceExpr {
  if (type.lanes === 1) return args[0] as DeviceExpr
  return { kind: 'construct', type, args }
}

/** Calls `of` for each lane and returns the results. */
export function eachLane<T>(lanes: number, of: (lane: number) => T): T[] {
  const list: T[] = []
  for (let lane = 0; lane < lanes; lane++) list.push(of(lane))
  return list
}

/** Repeats a scalar in every lane. */
export const splat = (e: DeviceExpr, lanes: DeviceType['lanes']): DeviceExpr =>
  e.type.lanes === lanes ? e : construct(withLanes(e.type, lanes), [e])

export const typeOf = (compute: 'f32' | 'i32' | 'u32' | 'bool'): DeviceType =>
  compute === 'f32' ? f32Type : compute === 'i32' ? i32Type : compute === 'u32' ? u32Type : boolType
