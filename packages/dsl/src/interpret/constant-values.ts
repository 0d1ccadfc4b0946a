import { foldExpr } from '../ir/expression.ts'
import type { Expr } from '../ir/ir.ts'
import { compileNode } from './evaluate.ts'

/**
 * The values of the constant nodes of an expression: those computed from constants and sizes with known values.
 * Undefined for all others.
 */
export function constantValues(
  e: Expr,
  sizes: ReadonlyMap<string, number> = new Map(),
): ReadonlyMap<Expr, number | undefined> {
  const values = new Map<Expr, number | undefined>()
  foldExpr(e, (node, of) => (isConstant(node, sizes, of) ? evaluate(node, sizes, of) : undefined), values)
  return values
}

type Of = (operand: Expr) => number | undefined

function isConstant(e: Expr, sizes: ReadonlyMap<string, number>, of: Of): boolean {
  switch (e.kind) {
    case 'const':
      return true
    case 'size':
      return sizes.has(e.size)
    case 'index':
      return e.index.terms.size === 0
    case 'op':
      return e.args.every(arg => of(arg) !== undefined)
    default:
      return false
  }
}

function evaluate(e: Expr, sizes: ReadonlyMap<string, number>, of: Of): number {
  const operand = (arg: Expr) => () => of(arg) as number
  return compileNode(e, operand, { sizes, storage: name => missing(name) })(new Int32Array(0))
}

function missing(buffer: string): never {
  throw new Error(`a constant cannot load anything, not even ${buffer}`)
}
