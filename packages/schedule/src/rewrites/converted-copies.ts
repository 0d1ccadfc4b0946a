/** Copies of packed codes that sums use only as floats: the copy converts each code once, and holds floats. */
import { type Expr, loadsOf, mapExpr } from '@qernel/dsl'
import type { Leaf } from '../nest/statements.ts'

export const asFloat = (load: Expr): Expr => ({ kind: 'op', type: 'f32', op: 'toF32', args: [load] })

/** Whether an expression is an element of a buffer of integers as a float. */
export const isConversion = (e: Expr, buffer: string): e is Expr & { readonly kind: 'op' } => {
  const [of] = e.kind === 'op' && e.op === 'toF32' ? e.args : []
  return of?.kind === 'load' && of.buffer === buffer
}

/** Whether a leaf uses the elements of a buffer only as floats. */
export const onlyConverts = (leaf: Leaf, buffer: string): boolean =>
  loadsOf(
    mapExpr(
      leaf.value,
      e => (isConversion(e, buffer) ? { kind: 'const', type: 'f32', value: 0 } : e),
      a => a,
    ),
  ).every(load => load.buffer !== buffer)
