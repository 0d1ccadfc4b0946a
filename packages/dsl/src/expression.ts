import type { Affine, Expr, Subscript } from './ir.ts'
import { mapList } from './map-list.ts'
import { remember } from './remember.ts'

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
  const map = (arg: Expr): Expr => mapExpr(arg, rewrite, affine, memo)
  let next: Expr = e
  if (e.kind === 'op') {
    const args = mapList(e.args, map)
    if (args !== e.args) next = { ...e, args }
  } else if (e.kind === 'load') {
    const index = mapList(e.index, s => (isAffine(s) ? affine(s) : map(s)))
    if (index !== e.index) next = { ...e, index }
  } else if (e.kind === 'index') {
    const index = affine(e.index)
    if (index !== e.index) next = { ...e, index }
  } else if (e.kind === 'reduce') {
    const body = map(e.body)
    if (body !== e.body) next = { ...e, body }
  }
  const result = rewrite(next)
  memo.set(e, result)
  return result
}

/** Every affine index in an expression, those in the guards of its reductions included. */
export const affinesOf = (e: Expr): readonly Affine[] => contentsOf(e).affines

type LoadExpr = Expr & { readonly kind: 'load' }

/** Every load in an expression. */
export const loadsOf = (e: Expr): readonly LoadExpr[] => contentsOf(e).loads

interface Contents {
  readonly affines: Affine[]
  readonly loads: LoadExpr[]
}

const contentsOf = remember((e: Expr): Contents => {
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
