/**
 * Expressions as JSON. Small ones are written out in full, with every use of a shared value repeated. A large one could
 * then exceed any file, or be too deep for a parser: its nodes are written as a list, operands first, and referred to
 * by position. The form depends only on the expression, so equal ones are written identically however their nodes are
 * shared.
 */
import { foldExpr, isAffine, nameOf, operandsOf, visitExpr } from '../ir/expression.ts'
import type { Affine, Expr } from '../ir/ir.ts'

/** The most nodes of an expression that is written out in full, each counted as often as it is used. */
const mostWrittenOut = 1000

/** An operand, by its position in the list. */
interface Reference {
  readonly node: number
}

/** The JSON form of the expression: itself without names, or `{ nodes }`, the last of which is the whole expression. */
export function writableExpression(e: Expr): unknown {
  const size = foldExpr<number>(e, (node, of) =>
    Math.min(
      mostWrittenOut + 1,
      operandsOf(node).reduce((sum, operand) => sum + of(operand), 1),
    ),
  )
  if (size <= mostWrittenOut) return withoutNames(e)
  const nodes: unknown[] = []
  const places = new Map<string, number>()
  foldExpr<Reference>(e, (node, of) => {
    const written = replaceOperands<Reference>(node, of)
    const key = keyOf(written)
    const place = places.get(key) ?? nodes.length
    if (place === nodes.length) {
      places.set(key, place)
      nodes.push(written)
    }
    return { node: place }
  })
  return { nodes }
}

/**
 * Reads the expressions that `writableExpression` wrote. Equal ones become one object, as they were when the definition
 * used a value twice.
 *
 * @throws Error for a list that refers to a later node
 */
export function readExpressions(written: readonly (Expr | { readonly nodes: readonly Expr[] })[]): Expr[] {
  const known = new Map<string, Expr>()
  const places = new Map<Expr, number>()
  const shared = (node: Expr): Expr => {
    const key = keyOf(replaceOperands(node, operand => places.get(operand)))
    const before = known.get(key)
    if (before !== undefined) return before
    known.set(key, node)
    places.set(node, places.size)
    return node
  }
  return written.map(one => {
    if (!('nodes' in one)) return foldExpr<Expr>(one, (node, of) => shared(replaceOperands(node, of) as Expr))
    const made: Expr[] = []
    const operand = (reference: unknown): Expr => {
      const node = made[(reference as Reference).node]
      if (node === undefined) throw new Error('an expression names a node that does not stand before it')
      return node
    }
    for (const node of one.nodes) made.push(shared(replaceOperands(node, operand) as Expr))
    const whole = made.at(-1)
    if (whole === undefined) throw new Error('an expression has no nodes')
    return whole
  })
}

/** Names are for people, and equal values may have different ones. */
function withoutNames(e: Expr): Expr {
  let hasNames = false
  visitExpr(e, node => {
    hasNames ||= nameOf(node) !== undefined
  })
  return hasNames ? foldExpr<Expr>(e, (node, of) => replaceOperands(node, of) as Expr) : e
}

/** The node with something else as its operands, and without its name. */
function replaceOperands<By>(e: Expr, by: (operand: Expr) => By): unknown {
  const node = nodeWith(e, by)
  if (nameOf(e) === undefined) return node
  const { name: _, ...unnamed } = node as { readonly name: string }
  return unnamed
}

/** The node with something else as its operands. */
export function nodeWith<By>(e: Expr, by: (operand: Expr) => By): unknown {
  switch (e.kind) {
    case 'op':
      return { ...e, args: e.args.map(by) }
    case 'load':
      return { ...e, index: e.index.map((s): Affine | By => (isAffine(s) ? s : by(s))) }
    case 'reduce':
      return { ...e, body: by(e.body) }
    default:
      return e
  }
}

const keyOf = (written: unknown): string =>
  JSON.stringify(written, (_, value: unknown) =>
    value instanceof Map ? [...value] : Object.is(value, -0) ? '-0' : typeof value === 'number' ? String(value) : value,
  )
