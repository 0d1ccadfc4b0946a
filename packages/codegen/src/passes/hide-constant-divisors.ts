/**
 * For compilers that turn a division by a constant into a product with its reciprocal, which rounds differently. A divisor that a
 * compiler may know is built with a zero that only the launch provides. The device program decides which divisors these are, not the
 * definition: a size may be fixed, a loop unrolled, or a workgroup one thread wide.
 */

import { flatMap } from '@qernel/dsl/internal'
import type { DeviceExpr, DeviceProgram, DeviceStatement } from '../program/device-program.ts'
import { f32Type, u32Type, withLanes } from '../program/device-type.ts'
import { construct, literal, op, splat } from '../program/expressions.ts'
import { floatBits } from '../program/float-bits.ts'
import { mapExpressions, mapOperands } from '../program/rewrite-program.ts'
import { someExpression, statementsOf } from '../program/walk-program.ts'

export function hideConstantDivisors(program: DeviceProgram): DeviceProgram {
  let { usesZero } = program
  const functions = program.functions.map(one => {
    if (!someExpression(one.body, isDivision)) return one
    const hiding = new Hiding(one.body)
    const body = mapExpressions(one.body, e => hiding.expression(e))
    usesZero ||= hiding.usesZero
    return body === one.body ? one : { ...one, body }
  })
  return { ...program, usesZero, functions }
}

const isDivision = (e: DeviceExpr): boolean => e.kind === 'op' && e.op === 'div'

class Hiding {
  usesZero = false
  /** Variables and private arrays that hold only values that a compiler may know. */
  readonly #known: Set<string>

  constructor(body: readonly DeviceStatement[]) {
    const written = flatMap(statementsOf(body), (s): (readonly [string, DeviceExpr | undefined])[] => {
      if (s.kind === 'let' || s.kind === 'var' || s.kind === 'assign') return [[s.name, s.value]]
      if (s.kind === 'for') return [[s.name, s.extent]]
      return s.kind === 'array' ? [[s.name, undefined]] : []
    })
    this.#known = new Set(written.map(([name]) => name))
    // Starts with all names and removes those that hold other values, which may disqualify further names.
    for (let before = -1; before !== this.#known.size; ) {
      before = this.#known.size
      for (const [name, value] of written)
        if (value !== undefined && this.#known.has(name) && !this.#mayBeKnown(value)) this.#known.delete(name)
    }
  }

  expression(e: DeviceExpr): DeviceExpr {
    const inside = mapOperands(e, operand => this.expression(operand))
    if (inside.kind !== 'op' || inside.op !== 'div') return inside
    const [dividend, divisor] = inside.args as readonly [DeviceExpr, DeviceExpr]
    return this.#mayBeKnown(divisor) ? op('div', inside.type, dividend, this.#hidden(divisor)) : inside
  }

  /** Whether a compiler may know the value, because no part of it comes from memory or from the launch. */
  #mayBeKnown(e: DeviceExpr): boolean {
    switch (e.kind) {
      case 'literal':
        return true
      case 'variable':
        return this.#known.has(e.name)
      case 'size':
        return false
      case 'thread':
        return e.of === 'local'
      case 'load':
        return this.#known.has(e.array) && this.#mayBeKnown(e.index)
      case 'op':
      case 'construct':
        return e.args.every(arg => this.#mayBeKnown(arg))
      case 'component':
        return this.#mayBeKnown(e.of)
      case 'dynamicComponent':
        return this.#mayBeKnown(e.of) && this.#mayBeKnown(e.lane)
    }
  }

  /** The same value, hidden from the compiler. */
  #hidden(e: DeviceExpr): DeviceExpr {
    if (e.kind === 'construct' && e.args.length === 1) return construct(e.type, [this.#hidden(e.args[0] as DeviceExpr)])
    this.usesZero = true
    const words = withLanes(u32Type, e.type.lanes)
    const zero = splat({ kind: 'size', type: u32Type, size: 'zero' }, e.type.lanes)
    return op('bitcastF32', withLanes(f32Type, e.type.lanes), op('add', words, bitsOf(e), zero))
  }
}

function bitsOf(e: DeviceExpr): DeviceExpr {
  const words = withLanes(u32Type, e.type.lanes)
  if (e.kind === 'literal') return literal(floatBits(e.value), words)
  if (e.kind === 'construct') return construct(words, e.args.map(bitsOf))
  return op('bitcastU32', words, e)
}
