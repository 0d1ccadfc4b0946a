import * as affine from '../ir/affine.ts'
import { foldExpr } from '../ir/expression.ts'
import type { Affine, Expr } from '../ir/ir.ts'
import { type OperationName, operations } from '../ir/operations.ts'
import type { ComputeType, StorageType } from '../ir/types.ts'
import { largestSize, tooLargeIn } from '../numbers/whole-numbers.ts'
import { DefinitionError, here } from './definition-error.ts'

/** What is accepted as a value: a value, a number (a constant of the other operand's type), or an index. */
export type Operand = Value | number

/**
 * An index of a stage or of a reduction: an affine combination of axis variables. Tensors are called with indices.
 * Arithmetic keeps it affine; `value()` turns it into an i32 value for computing with.
 */
export class Index {
  readonly affine: Affine
  /** For an axis declared as `D.groups(n)`: the number of its group. */
  readonly groupIndex: Index | undefined
  constructor(index: Affine, group?: Index) {
    this.affine = index
    this.groupIndex = group
  }
  add(other: Index | number): Index {
    const by = typeof other === 'number' ? affine.constant(integer(other, 'add')) : other.affine
    return fitting(affine.add(this.affine, by), 'add', other)
  }
  mul(by: number): Index {
    return fitting(affine.scale(this.affine, integer(by, 'mul')), 'mul', by)
  }
  /** The group that this index lies in; only for an axis that was declared as `D.groups(n)`. */
  get group(): Index {
    if (this.groupIndex === undefined)
      throw new DefinitionError(`${here()}: this index has no group; declare its axis as D.groups(n)`)
    return this.groupIndex
  }
  /** The index as an i32 value. */
  value(): Value {
    return new Value({ kind: 'index', type: 'i32', index: this.affine })
  }
}

function fitting(index: Affine, method: string, by: Index | number): Index {
  const wrong = tooLargeIn(index)
  if (wrong === undefined) return new Index(index)
  throw new DefinitionError(
    `${here()}: index.${method}(${typeof by === 'number' ? by : '…'}) makes ${wrong} a part of the index; a number in an index must be at most ${largestSize}`,
  )
}

function integer(value: number, method: string): number {
  if (!Number.isInteger(value)) throw new DefinitionError(`${here()}: index.${method}(${value}) needs an integer`)
  return value
}

/** A scalar of the computation at one point of a stage. Immutable; every method returns a new value. */
export class Value {
  readonly expr: Expr
  constructor(expr: Expr) {
    this.expr = expr
  }
  get type(): ComputeType {
    return this.expr.type
  }

  add(other: Operand): Value {
    return apply('add', this, other)
  }
  sub(other: Operand): Value {
    return apply('sub', this, other)
  }
  mul(other: Operand): Value {
    return apply('mul', this, other)
  }
  /** Division, f32 only, correctly rounded. */
  div(other: Operand): Value {
    return apply('div', this, other)
  }
  neg(): Value {
    return apply('neg', this)
  }
  abs(): Value {
    return apply('abs', this)
  }
  /** The smaller; a NaN loses against a number. */
  min(other: Operand): Value {
    return apply('min', this, other)
  }
  /** The larger; a NaN loses against a number. */
  max(other: Operand): Value {
    return apply('max', this, other)
  }
  /** `low` below it, `high` above it, else unchanged; NaN stays NaN. */
  clamp(low: Operand, high: Operand): Value {
    return apply('clamp', this, low, high)
  }
  /** Nearest integer, ties to even. */
  round(): Value {
    return apply('round', this)
  }
  /** Nearest integer, ties away from zero (C's `roundf`). */
  roundHalfAway(): Value {
    return apply('roundHalfAway', this)
  }
  floor(): Value {
    return apply('floor', this)
  }
  ceil(): Value {
    return apply('ceil', this)
  }
  trunc(): Value {
    return apply('trunc', this)
  }
  /** this × b + c with one rounding. */
  fma(b: Operand, c: Operand): Value {
    return apply('fma', this, b, c)
  }
  sqrt(): Value {
    return apply('sqrt', this)
  }
  exp(): Value {
    return apply('exp', this)
  }
  exp2(): Value {
    return apply('exp2', this)
  }
  log2(): Value {
    return apply('log2', this)
  }
  lt(other: Operand): Value {
    return apply('lt', this, other)
  }
  le(other: Operand): Value {
    return apply('le', this, other)
  }
  gt(other: Operand): Value {
    return apply('gt', this, other)
  }
  ge(other: Operand): Value {
    return apply('ge', this, other)
  }
  eq(other: Operand): Value {
    return apply('eq', this, other)
  }
  ne(other: Operand): Value {
    return apply('ne', this, other)
  }
  and(other: Operand): Value {
    return apply('and', this, other)
  }
  or(other: Operand): Value {
    return apply('or', this, other)
  }
  xor(other: Operand): Value {
    return apply('xor', this, other)
  }
  not(): Value {
    return apply('not', this)
  }
  shiftLeft(by: Operand): Value {
    return apply('shiftLeft', this, by)
  }
  /** Arithmetic for i32, logical for u32. */
  shiftRight(by: Operand): Value {
    return apply('shiftRight', this, by)
  }

  /** `whenTrue` if this (bool) holds, else `whenFalse`. */
  select(whenTrue: Operand, whenFalse: Operand): Value {
    if (this.type !== 'bool') throw mismatch('select', 'condition', 'bool', this.type)
    const [a, b] = unify('select', [whenTrue, whenFalse], ['whenTrue', 'whenFalse'])
    return new Value({ kind: 'op', type: (a as Expr).type, op: 'select', args: [this.expr, a as Expr, b as Expr] })
  }

  /** The same 32 bits read as another type. */
  bitcast(to: 'f32' | 'i32' | 'u32'): Value {
    if (to === this.type) return this
    return apply(to === 'f32' ? 'bitcastF32' : to === 'i32' ? 'bitcastI32' : 'bitcastU32', this)
  }
  /** The nearest f32 of an integer, ties to even. */
  toF32(): Value {
    return this.type === 'f32' ? this : apply('toF32', this)
  }
  /** The nearest value of an integer type; NaN gives 0. A float must have been rounded first. */
  saturate(to: StorageType): Value {
    if (to.kind === 'float') throw new DefinitionError(`${here()}: saturate(${to.name}) needs an integer type`)
    if (this.type === 'bool') throw mismatch('saturate', 'operand', 'f32, i32 or u32', 'bool')
    if (this.type === 'f32' && !isIntegral(this.expr))
      throw new DefinitionError(
        `${here()}: an f32 value becomes ${to.name} without a rounding: rounding is part of a format. Add .round() (ties to even), .roundHalfAway(), .floor(), .ceil() or .trunc()`,
      )
    return new Value({ kind: 'op', type: to.compute, op: 'saturate', args: [this.expr], to })
  }
  /** The value after a store to a tensor of a float type: rounded to nearest, ties to even. */
  narrow(to: StorageType): Value {
    if (to.kind !== 'float') throw new DefinitionError(`${here()}: narrow(${to.name}) needs a float type`)
    if (this.type !== 'f32') throw mismatch('narrow', 'operand', 'f32', this.type)
    return to.bits === 32 ? this : new Value({ kind: 'op', type: 'f32', op: 'narrow', args: [this.expr], to })
  }
  /** The bits of the value in a float type, in the low bits of a u32. */
  floatBits(of: StorageType): Value {
    if (of.kind !== 'float') throw new DefinitionError(`${here()}: floatBits(${of.name}) needs a float type`)
    if (this.type !== 'f32') throw mismatch('floatBits', 'operand', 'f32', this.type)
    if (of.bits === 32) return this.bitcast('u32')
    return new Value({ kind: 'op', type: 'u32', op: 'floatBits', args: [this.expr], to: of })
  }
  /** The value whose bits in a float type are the low bits of this u32. */
  bitsFloat(of: StorageType): Value {
    if (of.kind !== 'float') throw new DefinitionError(`${here()}: bitsFloat(${of.name}) needs a float type`)
    if (this.type !== 'u32') throw mismatch('bitsFloat', 'operand', 'u32', this.type)
    if (of.bits === 32) return this.bitcast('f32')
    return new Value({ kind: 'op', type: 'f32', op: 'bitsFloat', args: [this.expr], to: of })
  }
  /** The low bits of an integer, read as another integer type. */
  wrap(to: StorageType): Value {
    if (to.kind === 'float') throw new DefinitionError(`${here()}: wrap(${to.name}) needs an integer type`)
    if (this.type !== 'i32' && this.type !== 'u32') throw mismatch('wrap', 'operand', 'i32 or u32', this.type)
    return new Value({ kind: 'op', type: to.compute, op: 'wrap', args: [this.expr], to })
  }
}

/** Whether an integer is stored unchanged: it was converted to the type explicitly, or the type holds every word. */
export const isStored = ({ expr, type }: Value, to: StorageType): boolean =>
  (expr.kind === 'op' && (expr.op === 'saturate' || expr.op === 'wrap') && expr.to === to) ||
  (to.bits === 32 && type === to.compute)

/** @throws DefinitionError for a finite number beyond the range of f32, where an infinity must be written as Infinity, or so small that it would be 0 */
export function constantExpr(value: number, type: ComputeType): Expr {
  const held = type === 'f32' ? Math.fround(value) : value
  if (Number.isFinite(value) && !Number.isFinite(held)) {
    const sign = value < 0 ? '-' : ''
    throw new DefinitionError(
      `${here()}: the number ${value} is beyond f32; the nearest is ${sign}${largestFloat}, and an infinity is written ${sign}Infinity`,
    )
  }
  if (value !== 0 && held === 0)
    throw new DefinitionError(
      `${here()}: the number ${value} is too small for f32, where it would be 0; the smallest is ${value < 0 ? '-' : ''}${2 ** -149}`,
    )
  return { kind: 'const', type, value: held }
}

/** The largest finite number of f32. */
const largestFloat = (2 - 2 ** -23) * 2 ** 127

/** Applies an operation after checking arity and types; numbers take the type of the other operands. */
export function apply(op: OperationName, ...operands: Operand[]): Value {
  const { on, result } = operations[op]
  const args = unify(op, operands)
  const type = (args[0] as Expr).type
  if (!on.includes(type)) throw mismatch(op, 'operand 1', on.join(' or '), type)
  return new Value({ kind: 'op', type: result ?? type, op, args })
}

/** Converts all operands to one type: that of the first operand that is not a plain number. */
function unify(op: string, operands: readonly Operand[], names?: readonly string[]): Expr[] {
  const first = operands.find(operand => typeof operand !== 'number')
  const type: ComputeType = first === undefined ? 'f32' : (check(op, first) as Value).type
  return operands.map((operand, position) => {
    const name = names?.[position] ?? `operand ${position + 1}`
    if (typeof operand === 'number') {
      if (type === 'bool') throw mismatch(op, name, 'bool', `the number ${operand}`)
      if (
        type !== 'f32' &&
        !(
          Number.isInteger(operand) &&
          operand >= (type === 'u32' ? 0 : -(2 ** 31)) &&
          operand < (type === 'u32' ? 2 ** 32 : 2 ** 31)
        )
      )
        throw mismatch(op, name, `an integer of type ${type}`, `the number ${operand}`)
      return constantExpr(operand, type)
    }
    check(op, operand)
    if (operand.type !== type) throw mismatch(op, name, type, operand.type)
    return operand.expr
  })
}

function check(op: string, operand: unknown): unknown {
  if (operand instanceof Value) return operand
  if (operand instanceof Index)
    throw new DefinitionError(`${here()}: ${op}: an operand is an index; write index.value() to compute with it`)
  throw new DefinitionError(`${here()}: ${op}: an operand is ${describe(operand)}; a value or a number is expected`)
}

const describe = (x: unknown) =>
  typeof x === 'function'
    ? 'a tensor or a function (call it with indices)'
    : x === null
      ? 'null'
      : `of type ${typeof x}`

const mismatch = (op: string, operand: string, expected: string, found: string) =>
  new DefinitionError(`${here()}: ${op}: ${operand} is ${found}; expected ${expected}`)

/** Whether the form of an f32 expression shows that its values are integral (or NaN, ±inf). */
export const isIntegral = (e: Expr): boolean =>
  foldExpr<boolean>(
    e,
    (node, of) => {
      if (node.type !== 'f32') return true
      if (node.kind === 'const') return Number.isInteger(node.value)
      if (node.kind !== 'op') return false
      const { integral: kind } = operations[node.op]
      return kind === 'always' || (kind === 'inherited' && node.args.every(of))
    },
    integral,
    node => (node.kind === 'op' && operations[node.op].integral === 'inherited' ? node.args : []),
  )

/** Cached, because definitions ask about values that are built from each other. */
const integral = new WeakMap<Expr, boolean>()
