import type { DeviceExpr, DeviceStatement } from '../../program/device-program.ts'
import { isShuffle } from '../function-facts.ts'

/** A shuffle that was moved in front of the statement that uses it. Its name contains a space, so no program can have it. */
export interface HoistedShuffle {
  readonly name: string
  readonly value: DeviceExpr
  readonly offset: DeviceExpr
}

/**
 * Moves the shuffles of a statement in front of it, inner ones first, so that threads wait only between statements.
 *
 * @param nextNumber returns a new number for each name
 * @returns the shuffles, and the statement with variables in their places
 */
export function hoistShuffles(
  s: DeviceStatement,
  nextNumber: () => number,
): { shuffles: readonly HoistedShuffle[]; statement: DeviceStatement } {
  const shuffles: HoistedShuffle[] = []
  const hoist = (e: DeviceExpr): DeviceExpr => {
    switch (e.kind) {
      case 'op': {
        const args = e.args.map(hoist)
        if (!isShuffle(e)) return { ...e, args }
        const name = `shuffled ${nextNumber()}`
        shuffles.push({ name, value: args[0] as DeviceExpr, offset: args[1] as DeviceExpr })
        return { kind: 'variable', type: e.type, name }
      }
      case 'construct':
        return { ...e, args: e.args.map(hoist) }
      case 'component':
        return { ...e, of: hoist(e.of) }
      case 'dynamicComponent':
        return { ...e, of: hoist(e.of), lane: hoist(e.lane) }
      case 'load':
        return { ...e, index: hoist(e.index) }
      default:
        return e
    }
  }
  return { statement: mapExpressions(s, hoist), shuffles }
}

function mapExpressions(s: DeviceStatement, map: (e: DeviceExpr) => DeviceExpr): DeviceStatement {
  switch (s.kind) {
    case 'let':
      return { ...s, value: map(s.value) }
    case 'var':
      return s.value === undefined ? s : { ...s, value: map(s.value) }
    case 'assign':
      return { ...s, ...(s.index === undefined ? {} : { index: map(s.index) }), value: map(s.value) }
    case 'store':
    case 'atomicMax':
      return { ...s, index: map(s.index), value: map(s.value) }
    case 'if':
      return { ...s, condition: map(s.condition) }
    case 'for':
      return { ...s, extent: map(s.extent) }
    case 'array':
    case 'barrier':
    case 'comment':
      return s
  }
}
