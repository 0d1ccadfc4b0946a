/**
 * Expressions as straight lines of instructions, one line per enclosing reduction. A value that is used several times
 * is computed once, so the work is linear in the shared expression; there is no recursion, so any depth works. Both
 * arms of a `select` are computed: a load outside an array may give any value, which is harmless in the arm that is not
 * taken.
 */
import { type Axis, affine, type Expr, isAffine, type LoopId, visitExpr } from '@qernel/dsl'
import { operandsOf } from '@qernel/dsl/internal'

type Reduce = Expr & { readonly kind: 'reduce' }

/** A reduction, or the whole expression: its instructions in order. Nodes that do not depend on its axes belong to an outer line. */
export interface Line {
  readonly reduce: Reduce | undefined
  readonly nodes: Expr[]
}

export interface Program {
  readonly root: Line
  readonly lineOf: ReadonlyMap<Expr, Line>
  /** The slot that holds the value of each node. */
  readonly slots: ReadonlyMap<Expr, number>
}

function ownLoops(e: Expr): LoopId[] {
  if (e.kind === 'index') return [...e.index.terms.keys()]
  if (e.kind === 'load') return e.index.flatMap(each => (isAffine(each) ? [...each.terms.keys()] : []))
  if (e.kind === 'reduce') return e.where.flatMap(({ index }) => [...index.terms.keys()])
  return []
}

export function programOf(value: Expr): Program {
  const order: Expr[] = []
  visitExpr(value, node => void order.push(node))
  const reduces = order.filter((e): e is Reduce => e.kind === 'reduce')
  const lineOf = new Map<Expr, Line>(reduces.map(reduce => [reduce, { reduce, nodes: [] }]))
  const root: Line = { reduce: undefined, nodes: [] }
  const reduceOf = new Map(reduces.flatMap(reduce => reduce.axes.map(({ id }) => [id, reduce] as const)))
  /** The reductions that a node depends on. Those later in the order are further out. */
  const under = new Map<Expr, ReadonlySet<Reduce>>()
  const none: ReadonlySet<Reduce> = new Set()
  for (const node of order) {
    const found = new Set<Reduce>()
    for (const each of operandsOf(node)) for (const reduce of under.get(each) as ReadonlySet<Reduce>) found.add(reduce)
    for (const loop of ownLoops(node)) {
      const reduce = reduceOf.get(loop)
      if (reduce !== undefined) found.add(reduce)
    }
    if (node.kind === 'reduce') found.delete(node)
    under.set(node, found.size === 0 ? none : found)
    // If a node is under two reductions, the inner one comes first in the order.
    const innermost = found.size === 0 ? undefined : reduces.find(reduce => found.has(reduce))
    const line = innermost === undefined ? root : (lineOf.get(innermost) as Line)
    line.nodes.push(node)
  }
  return { root, lineOf, slots: new Map(order.map((node, i) => [node, i])) }
}

/** The extents of axes at given sizes. */
export const extentsOf = (axes: readonly Axis[], sizes: ReadonlyMap<string, number>): number[] =>
  axes.map(({ extent }) => affine.extentValue(extent, sizes))
