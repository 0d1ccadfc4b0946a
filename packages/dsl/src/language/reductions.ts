/** Reductions over axes and functions of values. */
import * as affine from '../ir/affine.ts'
import { foldExpr } from '../ir/expression.ts'
import { identityOf } from '../ir/identity.ts'
import type { Axis, Expr, Guard, ReduceOperation } from '../ir/ir.ts'
import {
  checkKind,
  checkLength,
  fresh,
  type NamedAxes,
  openDimension,
  type ReductionAxis,
  type Several,
} from './axes.ts'
import { DefinitionError, here, within } from './definition-error.ts'
import { namedAxes } from './names.ts'
import { apply, constantExpr, Index, type Operand, Value } from './value.ts'

/** One axis, several in order, or several by name. */
type Over = ReductionAxis | Several<ReductionAxis>
type Body = (...index: Index[]) => Operand

/** @param named the function whose parameters name the axes */
function reduction(op: ReduceOperation, over: Over, body: Body, named: Body = body): Value {
  const list = isOne(over) ? [over] : over
  for (const [name, axis] of Object.entries<unknown>(list)) within(op, () => checkKind(axis, 'axis', name))
  return within(`${op} over ${Object.values<ReductionAxis>(list).map(describeAxis).join(' × ')}`, () => {
    const axes: Axis[] = []
    const where: Guard[] = []
    const indices = namedAxes(list, named, 'r').map(({ name, axis }) => {
      if (typeof axis === 'number') checkLength(axis, 'the length')
      if (typeof axis !== 'number' && axis.kind === 'elements') {
        const element: Axis = { id: fresh(), name, extent: axis.groups.length }
        axes.push(element)
        const index = affine.add(affine.scale(axis.group.affine, axis.groups.length), affine.variable(element.id))
        where.push({ axis: name, index, below: { size: axis.groups.of.name, dividedBy: 1 } })
        return new Index(index, axis.group)
      }
      return openDimension(axis, name, axes, where)
    })
    const result = body(...indices)
    const value = typeof result === 'number' ? new Value(constantExpr(result, 'f32')) : result
    if (!(value instanceof Value))
      throw new DefinitionError(`${here()}: its function returns ${typeof result}; a value is expected`)
    if (value.type === 'bool') throw new DefinitionError(`${here()}: its body is bool; expected f32, i32 or u32`)
    const identity = startOf(op, value.expr)
    return new Value({ kind: 'reduce', type: value.type, op, axes, identity, where, body: value.expr })
  })
}

/**
 * The result over an empty axis. The maximum of a body that cannot be negative starts at 0, so that an empty or all-NaN
 * row has a finite maximum and no target needs an infinity.
 */
function startOf(op: ReduceOperation, body: Expr): number {
  return op === 'max' && isNonNegative(body) ? 0 : identityOf(op, body.type)
}

const isNonNegative = (e: Expr): boolean =>
  foldExpr<boolean>(
    e,
    (node, of) =>
      (node.kind === 'const' && node.value >= 0 && !Object.is(node.value, -0)) ||
      (node.kind === 'op' && node.op === 'abs' && node.type === 'f32') ||
      (isExtreme(node) && node.args.every(of)),
    undefined,
    node => (isExtreme(node) ? node.args : []),
  )

const isExtreme = (e: Expr): e is Expr & { kind: 'op' } => e.kind === 'op' && (e.op === 'max' || e.op === 'min')

type Reducer = (over: Over, body: Body) => Value

/** A tensor is also a function, but one that has not been called here. */
const isBody = (x: unknown): x is Body => typeof x === 'function' && !('buffer' in x)
const isAxis = (x: unknown): x is Over =>
  typeof x === 'object' && x !== null && !(x instanceof Value || x instanceof Index)
const isOne = (x: Over): x is ReductionAxis =>
  typeof x === 'number' || typeof (x as { kind?: unknown }).kind === 'string'

/** `max(T, t => …)`: the largest over an axis. `max(a, b)`: the larger of two values. A NaN loses. */
export function max(over: Over, body: Body): Value
export function max(a: Operand, b: Operand): Value
export function max(a: Over | Operand, b: Body | Operand): Value {
  return extreme('max', a, b)
}

/** `min(T, t => …)`: the smallest over an axis. `min(a, b)`: the smaller of two values. A NaN loses. */
export function min(over: Over, body: Body): Value
export function min(a: Operand, b: Operand): Value
export function min(a: Over | Operand, b: Body | Operand): Value {
  return extreme('min', a, b)
}

const extreme = (op: 'min' | 'max', a: Over | Operand, b: Body | Operand): Value =>
  isBody(b) && (typeof a === 'number' || isAxis(a)) ? reduction(op, a, b) : apply(op, a as Operand, b as Operand)

/** The sum over one or several axes, added in row-major order, rounded after each addition. */
export const sum: Reducer = (over, body) => {
  if ((!isAxis(over) && typeof over !== 'number') || !isBody(body))
    throw new DefinitionError(`${here()}: sum needs an axis and a function`)
  return reduction('sum', over, body)
}

/** One axis or several, and the two factors of an element. */
type Factors = (...index: Index[]) => readonly [Operand, Operand]

/**
 * The sum of products over one or several axes, in row-major order: each step is `fma(a, b, accumulator)`, so a product is rounded only
 * together with the sum. Both factors are f32. `dot(D, d => [q(d), k(d)])`.
 */
export function dot(over: Over, factors: Factors): Value {
  if ((!isAxis(over) && typeof over !== 'number') || !isBody(factors))
    throw new DefinitionError(`${here()}: dot needs an axis and a function`)
  const product = (...index: Index[]): Value => {
    const pair: unknown = factors(...index)
    const [a, b] = isPair(pair) ? pair : []
    const one = a instanceof Value ? a : b
    if (!(one instanceof Value) || one.type !== 'f32')
      throw new DefinitionError(`${here()}: its function returns no two factors; [a, b] of type f32 is expected`)
    return typeof a === 'number'
      ? apply('mul', new Value(constantExpr(a, 'f32')), one)
      : apply('mul', one, b as Operand)
  }
  const { expr } = reduction('sum', over, product, factors as unknown as Body)
  return new Value({ ...(expr as Expr & { kind: 'reduce' }), fused: true })
}

const isPair = (x: unknown): x is readonly [unknown, unknown] => Array.isArray(x) && x.length === 2

const noIndex = 2 ** 31 - 1

/** The lowest index at which the body is largest (NaN ignored), as i32; 0 if there is none. Made of two exact reductions. */
export const argmax = (over: ReductionAxis | NamedAxes<ReductionAxis>, body: (index: Index) => Value): Value =>
  argument('max', over, body)
/** The lowest index at which the body is smallest (NaN ignored), as i32; 0 if there is none. */
export const argmin = (over: ReductionAxis | NamedAxes<ReductionAxis>, body: (index: Index) => Value): Value =>
  argument('min', over, body)

function argument(
  op: 'min' | 'max',
  over: ReductionAxis | NamedAxes<ReductionAxis>,
  body: (index: Index) => Value,
): Value {
  if (!isOne(over) && Object.keys(over).length !== 1)
    throw new DefinitionError(`${here()}: arg${op} runs over one axis, but ${Object.keys(over).length} are named`)
  const one = body as Body
  const best = reduction(op, over, one)
  const first = reduction(
    'min',
    over,
    index =>
      body(index as Index)
        .eq(best)
        .select((index as Index).value(), noIndex),
    one,
  )
  return first.eq(noIndex).select(0, first)
}

/** |a| of an f32 or i32 value; NaN stays NaN. */
export const abs = (a: Value): Value => apply('abs', a)
/** a × b + c with one rounding, f32. */
export const fma = (a: Value, b: Operand, c: Operand): Value => apply('fma', a, b, c)
/** `whenTrue` where `condition` (bool) holds, else `whenFalse`. */
export const select = (condition: Value, whenTrue: Operand, whenFalse: Operand): Value =>
  condition.select(whenTrue, whenFalse)

function describeAxis(axis: ReductionAxis): string {
  if (typeof axis === 'number') return String(axis)
  if (axis.kind === 'size') return axis.size.name
  if (axis.kind === 'count') return axis.name
  return axis.kind === 'elements' ? `a group of ${axis.groups.of.name}` : axis.of.name
}
