/**
 * Computes the maximum of magnitudes on their bits. Values that are neither negative nor NaN, such as accumulators that start at 0 and fold absolute
 * values, have the same order as their bits, so the maximum of the words is their maximum. This is for languages that do not define the maximum of
 * NaN and zeros, where an exact maximum of other values takes a dozen operations.
 */

import { flatMap } from '@qernel/dsl/internal'
import type { DeviceExpr, DeviceFunction, DeviceProgram, DeviceStatement } from '../program/device-program.ts'
import { u32Type, withLanes } from '../program/device-type.ts'
import { op } from '../program/expressions.ts'
import { mapExpressions, mapOperands, rewriteBodies } from '../program/rewrite-program.ts'
import { someExpression, statementsOf } from '../program/walk-program.ts'

export const compareMagnitudesByBits = (program: DeviceProgram): DeviceProgram =>
  rewriteBodies(program, (body, one) => (someExpression(body, isMaximum) ? new Magnitudes(one).rewrite(body) : body))

const isMaximum = (e: DeviceExpr): boolean => e.kind === 'op' && e.op === 'max' && e.type.scalar === 'f32'

class Magnitudes {
  /** Variables and private and shared arrays that hold only magnitudes. */
  readonly #names: Set<string>

  constructor({ body, shared }: DeviceFunction) {
    const statements = statementsOf(body)
    const written = flatMap(statements, (s): [string, DeviceExpr | undefined][] => {
      if (s.kind === 'let' || s.kind === 'assign') return [[s.name, s.value]]
      // A variable that is declared without a value is 0.
      if (s.kind === 'var') return s.value === undefined ? [] : [[s.name, s.value]]
      if (s.kind === 'store') return [[s.array, s.value]]
      return s.kind === 'for' ? [[s.name, undefined]] : []
    })
    const declared = flatMap(statements, s =>
      s.kind === 'let' || s.kind === 'var' || s.kind === 'array' ? [s.name] : [],
    )
    this.#names = new Set([...declared, ...shared.map(({ name }) => name)])
    // Starts with all names and removes those that hold other values, which may disqualify further names.
    for (let before = -1; before !== this.#names.size; ) {
      before = this.#names.size
      for (const [name, value] of written)
        if (this.#names.has(name) && (value === undefined || !this.#isMagnitude(value))) this.#names.delete(name)
    }
  }

  rewrite(body: readonly DeviceStatement[]): readonly DeviceStatement[] {
    return mapExpressions(body, (e, role) => (role === 'value' ? this.#expression(e) : e))
  }

  /** Whether the value is a float without a sign, and never NaN. */
  #isMagnitude(e: DeviceExpr): boolean {
    if (e.type.scalar !== 'f32') return false
    switch (e.kind) {
      case 'literal':
        return e.value >= 0 && !Object.is(e.value, -0)
      case 'variable':
        return this.#names.has(e.name)
      case 'load':
        return this.#names.has(e.array)
      case 'component':
      case 'dynamicComponent':
        return this.#isMagnitude(e.of)
      case 'construct':
        return e.args.every(arg => this.#isMagnitude(arg))
      case 'op':
        // One magnitude suffices: it wins against NaN and against any smaller value.
        if (e.op === 'max') return e.args.some(arg => this.#isMagnitude(arg))
        if (e.op === 'shuffleXor') return this.#isMagnitude(e.args[0] as DeviceExpr)
        return e.op === 'select' && e.args.slice(1).every(arg => this.#isMagnitude(arg))
      default:
        return false
    }
  }

  #expression(e: DeviceExpr): DeviceExpr {
    const own = mapOperands(e, operand => this.#expression(operand))
    if (e.kind !== 'op' || own.kind !== 'op') return own
    if (e.op !== 'max' || !e.args.every(arg => this.#isMagnitude(arg))) return own
    const words = withLanes(u32Type, e.type.lanes)
    const bits = own.args.map(arg => op('bitcastU32', words, arg))
    return op('bitcastF32', e.type, op('max', words, ...bits))
  }
}
