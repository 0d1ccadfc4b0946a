import type { Affine, Expr, Subscript } from './ir.ts'

/** Walking and rewriting expressions. Shared nodes stay shared: rewriting memoizes by node. */
export const isAffine = (s: Subscript): s is Affine => 'terms' in s

/** Calls `visit` once for every node, operands first. */
export function visitExpr(e: Expr, visit: (node: Expr) => void, seen: Set<Expr> = new Set()): void {
  if (seen.has(e)) return
  seen.add(e)
  if (e.kind === 'op') for (const arg of e.args) visitExpr(arg, visit, seen)
  else if (e.kind === 'load') for (const s of e.index) if (!isAffine(s)) visitExpr(s, visit, seen)
  if (e.kind === 'reduce') visitExpr(e.body, visit, seen)
  visit(e)
}

/**
 * Rewrites bottom-up: `rewrite` sees each node with its operands already rewritten and returns it or a replacement.
 * `affine` rewrites every affine index.
 */
export function mapExpr(
  e: Expr,
  rewrite: (node: Expr) => Expr,
  affine: (a: Affine) => Affine = a => a,
  memo: Map<Expr, Expr> = new Map(),
): Expr {
  const known = memo.get(e)
  if (known !== undefined) return known
  let next: Expr = e
  if (e.kind === 'op') {
    const args = e.args.map(arg => mapExpr(arg, rewrite, affine, memo))
    if (args.some((arg, i) => arg !== e.args[i])) next = { ...e, args }
  } else if (e.kind === 'load') {
    const index = e.index.map(s => (isAffine(s) ? affine(s) : mapExpr(s, rewrite, affine, memo)))
    if (index.some((s, i) => s !== e.index[i])) next = { ...e, index }
  } else if (e.kind === 'index') {
    const index = affine(e.index)
    if (index !== e.index) next = { ...e, index }
  } else if (e.kind === 'reduce') {
    const body = mapExpr(e.body, rewrite, affine, memo)
    if (body !== e.body) next = { ...e, body }
  }
  const result = rewrite(next)
  memo.set(e, result)
  return result
}

/** Every affine index in an expression, those in the guards of its reductions included. */
export function affinesOf(e: Expr): Affine[] {
  const found: Affine[] = []
  visitExpr(e, node => {
    if (node.kind === 'index') found.push(node.index)
    if (node.kind === 'reduce') found.push(...node.where.map(guard => guard.index))
    if (node.kind === 'load') for (const s of node.index) if (isAffine(s)) found.push(s)
  })
  return found
}

type LoadExpr = Expr & { readonly kind: 'load' }
/** Expressions never change, so what they load is found once. */
const loads = new WeakMap<Expr, readonly LoadExpr[]>()

/** Every load in an expression. */
export function loadsOf(e: Expr): readonly LoadExpr[] {
  const known = loads.get(e)
  if (known !== undefined) return known
  const found: LoadExpr[] = []
  visitExpr(e, node => {
    if (node.kind === 'load') found.push(node)
  })
  loads.set(e, found)
  return found
}
