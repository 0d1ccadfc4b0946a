/** Where an expression is divided to be written or computed piece by piece. */
import { foldExpr, operandsOf, operandsOutside, visitExpr } from './expression.ts'
import type { Expr } from './ir.ts'

/**
 * The levels of operations that are written as one expression. Compilers limit how deep an expression nests (256 brackets in clang,
 * fewer in some WGSL front ends), and a back end may make four levels of one.
 */
const deepest = 32

/**
 * The parts of an expression that have a name of their own wherever it is written or computed, operands first: what is used more
 * than once, so that it stands and is evaluated once, and what would be nested too deep otherwise. Constants, sizes, indices and
 * loads without data-dependent subscripts stay where they are. The bodies of reductions are expressions of their own.
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

/** How often each node of an expression is used, outside of the reductions in it. */
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
