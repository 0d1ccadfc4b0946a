/**
 * For compilers that turn a division by a constant into a product with its reciprocal, which rounds differently. A divisor that a
 * compiler may know is built with a zero that only the launch provides. The device program decides which divisors these are, not the
 * definition: a size may be fixed, a loop unrolled, or a workgroup one thread wide.
 */

import { mapList } from '@qernel/dsl/internal'
import type { DeviceExpr, DeviceProgram, DeviceStatement } from '../program/device-program.ts'
import { f32Type, u32Type, withLanes } from '../program/device-type.ts'
import { construct, literal, op, splat } from '../program/expressions.ts'
import { floatBits } from '../program/float-bits.ts'
import { mapExpressions, mapOperands } from '../program/rewrite-program.ts'
import { operandsOf, statementsOf } from '../program/walk-program.ts'

export function hideConstantDivisors(program: DeviceProgram): DeviceProgram {
  let { usesZero } = program
  const functions = mapList(program.functions, one => {
    const hiding = new Hiding(one.body)
    const body = mapExpressions(one.body, e => hiding.expression(e))
    usesZero ||= hiding.usesZero
    return body === one.body ? one : { ...one, body }
  })
  return functions === program.functions ? program : { ...program, usesZero, functions }
}

class Hiding {
  usesZero = false
  readonly #body: readonly DeviceStatement[]
  #written: ReadonlyMap<string, readonly DeviceExpr[]> | undefined

  constructor(body: readonly DeviceStatement[]) {
    this.#body = body
  }

  expression(e: DeviceExpr): DeviceExpr {
    const inside = mapOperands(e, operand => this.expression(operand))
    if (inside.kind !== 'op' || inside.op !== 'div') return inside
    const [dividend, divisor] = inside.args as readonly [DeviceExpr, DeviceExpr]
    return this.#mayBeKnown(divisor) ? op('div', inside.type, dividend, this.#hidden(divisor)) : inside
  }

  /** Whether a compiler may know the value, because nothing that it is computed from comes from memory or from the launch. */
  #mayBeKnown(e: DeviceExpr): boolean {
    this.#written ??= valuesOf(this.#body)
    const names = new Set<string>()
    const waiting = [e]
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (next.kind === 'size' || (next.kind === 'thread' && next.of === 'group')) return false
      waiting.push(...operandsOf(next))
      const name = next.kind === 'variable' ? next.name : next.kind === 'load' ? next.array : undefined
      if (name === undefined || names.has(name)) continue
      names.add(name)
      const values = this.#written.get(name)
      if (values === undefined) return false
      waiting.push(...values)
    }
    return true
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

/** The values that each variable and private array of a function has at some time. */
function valuesOf(body: readonly DeviceStatement[]): Map<string, DeviceExpr[]> {
  const values = new Map<string, DeviceExpr[]>()
  const add = (name: string, value: DeviceExpr | undefined): void => {
    const own = values.get(name) ?? []
    values.set(name, own)
    if (value !== undefined) own.push(value)
  }
  for (const s of statementsOf(body)) {
    if (s.kind === 'let' || s.kind === 'var' || s.kind === 'assign') add(s.name, s.value)
    if (s.kind === 'for') add(s.name, s.extent)
    // Its elements are 0 until something is assigned.
    if (s.kind === 'array') add(s.name, undefined)
  }
  return values
}
