/**
 * For compilers that rewrite chains of float operations as if floats were real numbers, as WGSL allows: (x · 1.1) · 0.3
 * becomes x · 0.33, (x + y) − x becomes y, x · 0 becomes 0. A result that another operation uses passes through an integer
 * addition of 0 that no compiler can see through, so each operation is rounded by itself and NaN, infinities and signs of
 * zeros come out as written. Operations on plain loads, of which memory-bound kernels are made, stay as they are.
 */
import {
  type DeviceExpr,
  type DeviceOperation,
  type DeviceProgram,
  type DeviceStatement,
  f32Type,
  u32Type,
  withLanes,
} from './device-program.ts'
import { op, splat } from './expressions.ts'
import { statementsOf } from './walk-program.ts'

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

/** Operations whose result a compiler may merge with an operation that uses it. */
const rounded: ReadonlySet<DeviceOperation> = new Set<DeviceOperation>([
  'add',
  'sub',
  'mul',
  'div',
  'neg',
  'fma',
  'sqrt',
  'exp2',
  'log2',
])
/** Operations that a compiler moves others across. */
const transparent: ReadonlySet<DeviceOperation> = new Set<DeviceOperation>(['abs', 'select', 'shuffleXor'])
/** Operations that a compiler may merge with what their operands are made of. */
const merging: ReadonlySet<DeviceOperation> = new Set<DeviceOperation>([
  'add',
  'sub',
  'mul',
  'isolatedMul',
  'div',
  'fma',
  'sqrt',
  'exp2',
  'log2',
  'lt',
  'le',
  'gt',
  'ge',
  'eq',
  'ne',
])
/** Of these, those that a compiler drops where both operands are one value: NaN is not itself. */
const comparing: ReadonlySet<DeviceOperation> = new Set<DeviceOperation>(['lt', 'le', 'gt', 'ge', 'eq', 'ne'])
/** Of these, those that a compiler drops or changes where an operand is a constant 0, or both are one value. */
const folding: ReadonlySet<DeviceOperation> = new Set<DeviceOperation>([
  'add',
  'sub',
  'mul',
  'isolatedMul',
  'div',
  'fma',
])

const isFloat = (e: DeviceExpr): boolean => e.type.scalar === 'f32'

class Rounding {
  usesZero = false
  /** Variables and arrays that hold a rounded result at some time. */
  readonly #holders = new Set<string>()
  /** Variables that hold the constant 0 at some time: accumulators. */
  readonly #zeros = new Set<string>()

  constructor(body: readonly DeviceStatement[]) {
    // A holder may make another one; the names are few, so going over them until nothing changes is quick.
    for (let before = -1; before < this.#holders.size + this.#zeros.size; ) {
      before = this.#holders.size + this.#zeros.size
      for (const s of statementsOf(body)) {
        if (!('value' in s) || s.value === undefined) continue
        if (this.#isRounded(s.value)) this.#holders.add('array' in s ? s.array : s.name)
        if ((s.kind === 'assign' || s.kind === 'let') && this.#mayBeZero(s.value)) this.#zeros.add(s.name)
      }
    }
  }

  rewrite(body: readonly DeviceStatement[]): DeviceStatement[] {
    return body.map((s): DeviceStatement => {
      const inner = { ...s }
      if ('value' in inner && inner.value !== undefined) inner.value = this.#expression(inner.value)
      if (inner.kind === 'if') inner.condition = this.#expression(inner.condition)
      if ('body' in inner) inner.body = this.rewrite(inner.body)
      return inner
    })
  }

  #isRounded(e: DeviceExpr): boolean {
    switch (e.kind) {
      case 'op':
        return isFloat(e) && (rounded.has(e.op) || (transparent.has(e.op) && e.args.some(arg => this.#isRounded(arg))))
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

  /** Whether a compiler may come to know that the value is the constant 0. */
  #mayBeZero(e: DeviceExpr): boolean {
    if (!isFloat(e)) return false
    if (e.kind === 'literal') return e.value === 0
    if (e.kind === 'variable') return this.#zeros.has(e.name)
    if (e.kind === 'construct') return e.args.some(arg => this.#mayBeZero(arg))
    if (e.kind === 'component' || e.kind === 'dynamicComponent') return this.#mayBeZero(e.of)
    return e.kind === 'op' && transparent.has(e.op) && e.args.some(arg => this.#mayBeZero(arg))
  }

  #expression(e: DeviceExpr): DeviceExpr {
    switch (e.kind) {
      case 'op': {
        const args = e.args.map(arg => this.#expression(arg))
        if (!merging.has(e.op) || !e.args.some(isFloat)) return { ...e, args }
        const [first, second] = e.args
        const folds = folding.has(e.op)
        const same = (folds || comparing.has(e.op)) && JSON.stringify(first) === JSON.stringify(second)
        const constants = e.args.filter(isConstant).length
        const hides = (arg: DeviceExpr, i: number): boolean =>
          this.#isRounded(arg) ||
          // Two constants are folded right, but in higher precision.
          (i === 0 && (same || (folds && constants === e.args.length))) ||
          (folds && this.#mayBeZero(arg) && constants - (isConstant(arg) ? 1 : 0) < e.args.length - 1)
        return { ...e, args: args.map((arg, i) => (hides(e.args[i] as DeviceExpr, i) ? this.#hidden(arg) : arg)) }
      }
      case 'component':
      case 'dynamicComponent':
        return { ...e, of: this.#expression(e.of) }
      case 'construct':
        return { ...e, args: e.args.map(arg => this.#expression(arg)) }
      default:
        return e
    }
  }

  /** The same value, of which a compiler knows nothing. */
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
