/** Divides an expression into parts that are written or computed one by one. */
import { foldExpr, operandsOf, operandsOutside, visitExpr } from './expression.ts'
import type { Expr } from './ir.ts'

/**
 * The most levels of operations written as one expression. Compilers limit nesting (256 brackets in clang, fewer in
 * some WGSL front ends), and a back end may turn one level into four.
 */
const deepest = 32

/**
 * The parts of an expression that get a name when it is written or computed, operands first: those used more than once,
 * so that they are written and evaluated once, and those that would otherwise be nested too deeply. Constants, sizes,
 * indices and loads without data-dependent subscripts get no name. The bodies of reductions are separate expressions.
 */
export function namedParts(e: Expr): readonly Expr[] {
  const uses = usesOf(e)
  const named: Expr[] = []
  foldExpr<number>(
    e,
    (node, levelOf) => {
      if (isLeaf(node)) return 0
      const level = operandsOutside(node).reduce((most, operand) => Math.max(most, levelOf(operand) + 1), 1)
      if (node === e || ((uses.get(node) ?? 0) < 2 && level < deepest)) return level
      named.push(node)
      return 0
    },
    undefined,
    operandsOutside,
  )
  return named
}

/** How often each node of an expression is used outside its reductions. */
export function usesOf(e: Expr): ReadonlyMap<Expr, number> {
  const uses = new Map<Expr, number>()
  visitExpr(
    e,
    node => {
      for (const operand of operandsOutside(node)) uses.set(operand, (uses.get(operand) ?? 0) + 1)
    },
    operandsOutside,
  )
  return uses
}

const isLeaf = (e: Expr): boolean => operandsOf(e).length === 0
