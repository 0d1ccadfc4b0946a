/**
 * For compilers that rewrite chains of float operations as if floats were real numbers, which WGSL allows: (x · 1.1) · 0.3
 * becomes x · 0.33, (x + y) − x becomes y, and x · 0 becomes 0. Every result that another operation uses passes through an integer
 * addition of a 0 that the compiler does not know. Each operation is then rounded separately, and NaN, infinities and signs of zeros
 * are exact. Operations on plain loads, which make up memory-bound kernels, stay as they are.
 */
import type { FloatRole } from '@qernel/dsl'
import { mapList } from '@qernel/dsl/internal'
import { deviceOperations } from '../operations/device-operations.ts'
import type { DeviceExpr, DeviceProgram, DeviceStatement } from '../program/device-program.ts'
import { f32Type, u32Type, withLanes } from '../program/device-type.ts'
import { op, splat } from '../program/expressions.ts'
import { isSameExpression, mapExpressions, mapOperands, withArguments } from '../program/rewrite-program.ts'
import { statementsOf } from '../program/walk-program.ts'

export function roundEachOperation(program: DeviceProgram): DeviceProgram {
  let usesZero = program.usesZero
  const functions = program.functions.map(one => {
    const pass = new Rounding(one.body)
    const body = pass.rewrite(one.body)
    usesZero ||= pass.usesZero
    return { ...one, body }
  })
  return { ...program, usesZero, functions }
}

type Operation = DeviceExpr & { readonly kind: 'op' }
const roleOf = ({ op }: Operation): FloatRole => deviceOperations[op].floats
/** Whether a compiler may merge an operation with those that made its operands: -(a - b) becomes b - a, where 0 has the other sign. */
const merges = (e: Operation): boolean => roleOf(e) === 'rounds' || roleOf(e) === 'isolates' || roleOf(e) === 'compares'
const isFloat = (e: DeviceExpr): boolean => e.type.scalar === 'f32'

class Rounding {
  usesZero = false
  /** Variables and arrays that hold a rounded result at some time. */
  readonly #holders = new Set<string>()
  /** Variables and arrays that hold the constant 0 at some time: accumulators. */
  readonly #zeros = new Set<string>()
  /** Variables that hold an index. */
  readonly #indices = new Set<string>()

  constructor(body: readonly DeviceStatement[]) {
    const statements = statementsOf(body)
    for (const s of statements)
      if (s.kind === 'for' || (s.kind === 'let' && this.#isIndex(s.value))) this.#indices.add(s.name)
    // One holder may lead to another, so this repeats until nothing changes; there are few names.
    for (let before = -1; before < this.#holders.size + this.#zeros.size; ) {
      before = this.#holders.size + this.#zeros.size
      for (const s of statements) {
        if (!('value' in s) || s.value === undefined) continue
        if (this.#isRounded(s.value)) this.#holders.add('array' in s ? s.array : s.name)
        // The 0 in the declaration of a variable is for lanes outside the array, which no result uses.
        if (s.kind !== 'var' && this.#mayBeZero(s.value)) this.#zeros.add('array' in s ? s.array : s.name)
      }
    }
  }

  rewrite(body: readonly DeviceStatement[]): readonly DeviceStatement[] {
    return mapExpressions(body, (e, role) => (role === 'value' || role === 'condition' ? this.#expression(e) : e))
  }

  #isRounded(e: DeviceExpr): boolean {
    switch (e.kind) {
      case 'op':
        return (
          isFloat(e) && (roleOf(e) === 'rounds' || (roleOf(e) === 'passes' && e.args.some(arg => this.#isRounded(arg))))
        )
      case 'variable':
        return isFloat(e) && this.#holders.has(e.name)
      case 'load':
        return isFloat(e) && this.#holders.has(e.array)
      case 'component':
      case 'dynamicComponent':
        return this.#isRounded(e.of)
      case 'construct':
        return e.args.some(arg => this.#isRounded(arg))
      default:
        return false
    }
  }

  /** Whether a compiler may find out that the value is the constant 0. It may for an index whose loop runs once or is unrolled. */
  #mayBeZero(e: DeviceExpr): boolean {
    if (e.kind === 'literal') return e.value === 0
    if (e.kind === 'variable') return this.#zeros.has(e.name)
    if (e.kind === 'load') return this.#zeros.has(e.array)
    if (e.kind === 'construct') return e.args.some(arg => this.#mayBeZero(arg))
    if (e.kind === 'component' || e.kind === 'dynamicComponent') return this.#mayBeZero(e.of)
    if (e.kind !== 'op') return false
    if (e.op === 'toF32' && e.args.every(arg => this.#isIndex(arg) && !isConstant(arg))) return true
    const keeps = roleOf(e) === 'passes' || roleOf(e) === 'bits' || e.op === 'toF32'
    return keeps && e.args.some(arg => this.#mayBeZero(arg))
  }

  /** Whether an integer depends only on loops, threads, sizes and constants. */
  #isIndex(e: DeviceExpr): boolean {
    if (isFloat(e)) return false
    if (e.kind === 'literal' || e.kind === 'size' || e.kind === 'thread') return true
    if (e.kind === 'variable') return this.#indices.has(e.name)
    return (e.kind === 'op' || e.kind === 'construct') && e.args.every(arg => this.#isIndex(arg))
  }

  #expression(e: DeviceExpr): DeviceExpr {
    const inside = mapOperands(e, operand => this.#expression(operand))
    if (e.kind !== 'op' || inside.kind !== 'op') return inside
    return merges(e) && e.args.some(isFloat) ? this.#apart(e, inside) : inside
  }

  /** Hides the operands of an operation that a compiler may merge with it. */
  #apart(before: DeviceExpr & { kind: 'op' }, inside: DeviceExpr & { kind: 'op' }): DeviceExpr {
    const { op: operation, args } = before
    const [first, second] = args
    const folds = deviceOperations[operation].hasIdentities === true
    const compares = folds || roleOf(before) === 'compares'
    const same = compares && first !== undefined && second !== undefined && isSameExpression(first, second)
    const areConstant = folds && args.every(isConstant)
    // Compilers fold a 0 with constants correctly, as long as those stay constants.
    const isBesideConstants = (i: number): boolean =>
      !areConstant && args.every((other, j) => j === i || (isConstant(other) && !this.#mayBeZero(other)))
    const hides = (arg: DeviceExpr, i: number): boolean =>
      this.#isRounded(arg) ||
      // Compilers fold two constants, but in higher precision.
      (i === 0 && (same || areConstant)) ||
      (folds && this.#mayBeZero(arg) && !isBesideConstants(i))
    const hidden = mapList(inside.args, (arg, i) => (hides(args[i] as DeviceExpr, i) ? this.#hidden(arg) : arg))
    // Two operands that are hidden in the same way, here or as constant divisors, are the same value again.
    const [one, other] = hidden
    const isSameAgain = compares && one !== undefined && other !== undefined && isSameExpression(one, other)
    return withArguments(
      inside,
      isSameAgain ? mapList(hidden, (arg, i) => (i === 0 ? this.#hidden(arg) : arg)) : hidden,
    )
  }

  /** The same value, hidden from the compiler. */
  #hidden(e: DeviceExpr): DeviceExpr {
    this.usesZero = true
    const { lanes } = e.type
    const zero = splat({ kind: 'size', type: u32Type, size: 'zero' }, lanes)
    const words = withLanes(u32Type, lanes)
    return op('bitcastF32', withLanes(f32Type, lanes), op('add', words, op('bitcastU32', words, e), zero))
  }
}

const isConstant = (e: DeviceExpr): boolean =>
  e.kind === 'literal' || (e.kind === 'construct' && e.args.every(isConstant))
