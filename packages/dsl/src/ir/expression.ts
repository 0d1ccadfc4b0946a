/**
 * Walking and rewriting expressions. A definition may use a value in many places, so an expression is a graph: written
 * out in full it may exceed any memory, and it may be as deep as it has nodes. Every walk goes through `foldExpr`,
 * which visits each node once, however often it is used, and whose stack stays shallow at any depth.
 */

import { memoize } from '../memoize.ts'
import type { Affine, Expr, Subscript } from './ir.ts'
import { mapList } from './map-list.ts'

/** Whether a subscript is an affine sum of loops, not a data-dependent value. */
export const isAffine = (s: Subscript): s is Affine => 'terms' in s

const none: readonly Expr[] = []

/** The child expressions of a node, in order: operands, data-dependent subscripts, the body of a reduction. */
export function operandsOf(e: Expr): readonly Expr[] {
  switch (e.kind) {
    case 'op':
      return e.args
    case 'load':
      return e.index.every(isAffine) ? none : e.index.filter((s): s is Expr => !isAffine(s))
    case 'reduce':
      return [e.body]
    default:
      return none
  }
}

/** The same without the bodies of reductions: the nodes that are evaluated where `e` is. */
export const operandsOutside = (e: Expr): readonly Expr[] => (e.kind === 'reduce' ? none : operandsOf(e))

/** The factors of a product, the body of a fused sum. */
export function factorsOf(e: Expr): readonly [Expr, Expr] {
  if (e.kind !== 'op' || e.op !== 'mul' || e.type !== 'f32') throw new Error('a fused sum folds products of floats')
  return e.args as readonly [Expr, Expr]
}

/** Results by node: a Map or a WeakMap. */
type Known<T> = Pick<Map<Expr, T>, 'get' | 'has'> & { set(node: Expr, found: T): unknown }

/**
 * Computes a result for a node from the results of its operands: once per node, operands first and in order.
 * Expressions may have any depth.
 *
 * @param known existing results; all new ones are added
 * @param operands returns the operands to walk
 */
export function foldExpr<T>(
  root: Expr,
  compute: (node: Expr, of: (operand: Expr) => T) => T,
  known?: Known<T>,
  operands: (node: Expr) => readonly Expr[] = operandsOf,
): T {
  // A single node, as most values of scheduled copies are, needs no table.
  if (known === undefined && operands(root).length === 0) return compute(root, noOperand)
  return foldInto(known ?? new Map(), root, compute, operands)
}

const noOperand = (): never => {
  throw new Error('the node has no operands')
}

function foldInto<T>(known: Known<T>, root: Expr, compute: Walk<T>['compute'], operands: Walk<T>['operands']): T {
  const walk: Walk<T> = { compute, of: operand => known.get(operand) as T, known, operands }
  fold(root, 0, walk)
  return known.get(root) as T
}

interface Walk<T> {
  readonly compute: (node: Expr, of: (operand: Expr) => T) => T
  readonly of: (operand: Expr) => T
  readonly known: Known<T>
  readonly operands: (node: Expr) => readonly Expr[]
}

function fold<T>(node: Expr, depth: number, walk: Walk<T>): void {
  if (walk.known.has(node)) return
  const below = walk.operands(node)
  for (const operand of below)
    if (depth < deepestCall) fold(operand, depth + 1, walk)
    else foldDeep(operand, walk)
  walk.known.set(node, walk.compute(node, walk.of))
}

/** Uses an explicit stack, for expressions deeper than the call stack allows. */
function foldDeep<T>(from: Expr, { compute, of, known, operands }: Walk<T>): void {
  const pending = [from]
  for (let node = pending.at(-1); node !== undefined; node = pending.at(-1)) {
    const before = pending.length
    if (!known.has(node)) {
      const below = operands(node)
      for (let i = below.length - 1; i >= 0; i--) if (!known.has(below[i] as Expr)) pending.push(below[i] as Expr)
      if (pending.length > before) continue
      known.set(node, compute(node, of))
    }
    pending.pop()
  }
}

/** Levels of an expression that are walked by recursive calls, which is faster. */
const deepestCall = 64

/** Calls `visit` once for every node, operands first. */
export function visitExpr(e: Expr, visit: (node: Expr) => void, operands = operandsOf): void {
  foldExpr(e, visit, undefined, operands)
}

/**
 * Rewrites bottom-up: `rewrite` sees each node with its operands already rewritten and returns it or a replacement.
 * Shared nodes stay shared.
 *
 * @param affine rewrites every affine index
 * @param known nodes whose replacement is already known
 */
export function mapExpr(
  e: Expr,
  rewrite: (node: Expr) => Expr,
  affine: (a: Affine) => Affine = a => a,
  known?: Map<Expr, Expr>,
): Expr {
  return foldExpr(e, (node, of) => rewrite(withOperands(node, of, affine)), known)
}

/** The node with other operands and indices; the same object if nothing changes. */
function withOperands(e: Expr, of: (operand: Expr) => Expr, affine: (a: Affine) => Affine): Expr {
  switch (e.kind) {
    case 'op': {
      const args = mapList(e.args, of)
      return args === e.args ? e : { ...e, args }
    }
    case 'load': {
      const index = mapList(e.index, s => (isAffine(s) ? affine(s) : of(s)))
      return index === e.index ? e : { ...e, index }
    }
    case 'index': {
      const index = affine(e.index)
      return index === e.index ? e : { ...e, index }
    }
    case 'reduce': {
      const body = of(e.body)
      return body === e.body ? e : { ...e, body }
    }
    default:
      return e
  }
}

/** The name that the author gave to a value. */
export const nameOf = (e: Expr): string | undefined => (e.kind === 'op' || e.kind === 'reduce' ? e.name : undefined)

/** Every affine index in an expression, including those in the guards of its reductions. */
export const affinesOf = (e: Expr): readonly Affine[] => contentsOf(e).affines

type LoadExpr = Expr & { readonly kind: 'load' }

/** Every load in an expression. */
export const loadsOf = (e: Expr): readonly LoadExpr[] => contentsOf(e).loads

interface Contents {
  readonly affines: Affine[]
  readonly loads: LoadExpr[]
}

const contentsOf = memoize((e: Expr): Contents => {
  const found: Contents = { affines: [], loads: [] }
  visitExpr(e, node => {
    if (node.kind === 'index') found.affines.push(node.index)
    if (node.kind === 'reduce') for (const guard of node.where) found.affines.push(guard.index)
    if (node.kind !== 'load') return
    found.loads.push(node)
    for (const s of node.index) if (isAffine(s)) found.affines.push(s)
  })
  return found
}, 256)
