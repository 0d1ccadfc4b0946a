import { foldExpr } from './expression.ts'
import type { Affine, Expr, LoopId } from './ir.ts'

/** Loops, each with a description of its use: "an index of x". */
type Used = ReadonlyMap<LoopId, string>
const nothing: Used = new Map()

/**
 * The loops that each part of an expression uses, except those in `scope` and the axes of its own reductions. A part
 * without any can be evaluated in that scope.
 */
export function freeLoops(e: Expr, scope: ReadonlySet<LoopId>): ReadonlyMap<Expr, Used> {
  const free = new Map<Expr, Used>()
  const uses = (index: Affine, what: string): Used => {
    let outside: Map<LoopId, string> | undefined
    for (const loop of index.terms.keys())
      if (!scope.has(loop)) outside = (outside ?? new Map<LoopId, string>()).set(loop, what)
    return outside ?? nothing
  }
  foldExpr<Used>(
    e,
    (node, of) => {
      switch (node.kind) {
        case 'const':
        case 'size':
          return nothing
        case 'index':
          return uses(node.index, 'an index')
        case 'load':
          return node.index.reduce(
            (all, s) => union(all, 'terms' in s ? uses(s, `an index of ${node.buffer}`) : of(s)),
            nothing,
          )
        case 'op':
          return node.args.reduce((all, arg) => union(all, of(arg)), nothing)
        case 'reduce': {
          const all = node.where.reduce((some, { index }) => union(some, uses(index, groupOf)), of(node.body))
          return without(
            all,
            node.axes.map(({ id }) => id),
          )
        }
      }
    },
    free,
  )
  return free
}

const groupOf = 'the group of a reduction'

function union(a: Used, b: Used): Used {
  if (a === b || b.size === 0) return a
  if (a.size === 0) return b
  return [...b.keys()].every(loop => a.has(loop)) ? a : new Map([...b, ...a])
}

const without = (all: Used, bound: readonly LoopId[]): Used =>
  bound.some(loop => all.has(loop)) ? new Map([...all].filter(([loop]) => !bound.includes(loop))) : all
