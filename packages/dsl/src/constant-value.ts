import { compileExpr } from './evaluate.ts'
import type { Expr } from './ir.ts'

/**
 * The value of an expression that is the same everywhere: made of constants, and of sizes with a known value. Undefined for
 * any other.
 */
export function constantValue(e: Expr, sizes: ReadonlyMap<string, number> = new Map()): number | undefined {
  if (!isConstant(e, sizes)) return undefined
  return compileExpr(e, { sizes, storage: name => missing(name) })(new Int32Array(0))
}

function isConstant(e: Expr, sizes: ReadonlyMap<string, number>): boolean {
  switch (e.kind) {
    case 'const':
      return true
    case 'size':
      return sizes.has(e.size)
    case 'index':
      return e.index.terms.size === 0
    case 'op':
      return e.args.every(arg => isConstant(arg, sizes))
    default:
      return false
  }
}

function missing(buffer: string): never {
  throw new Error(`a constant loads nothing, not even ${buffer}`)
}
