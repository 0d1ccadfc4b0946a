/**
 * Reductions in the arms of selects. A nest runs them whether or not the arm is taken, so one that may then read out of
 * bounds gets the condition under which its value is used.
 */
import { type Axis, type Expr, type Extent, type Guard, isAffine, type Loop, type Nest, type Store } from '@qernel/dsl'
import { flatMap, foldExpr, operandsOf, operandsOutside } from '@qernel/dsl/internal'
import { isInBounds } from './bounds.ts'

type Condition = Expr | undefined

const truth = (value: 0 | 1): Expr => ({ kind: 'const', type: 'bool', value })
/** A select evaluates only one arm, so the other may contain any index. */
export const lazySelect = (condition: Expr, taken: Expr, other: Expr): Expr => ({
  kind: 'op',
  type: taken.type,
  op: 'select',
  args: [condition, taken, other],
})

/** Both conditions; the second is evaluated only if the first holds. */
export const lazyAnd = (first: Condition, second: Condition): Condition =>
  first === undefined ? second : second === undefined ? first : lazySelect(first, second, truth(0))

/** The most paths from an expression to a node that are distinguished: a shared node may have any number. */
const mostWays = 8
/** A condition is computed in every iteration; a longer one would cost more than it saves, and is omitted. */
const mostNodes = 64

/** The nodes of an expression when written out, shared ones as often as they are used. Counting stops slightly above `mostNodes`. */
function sizeOf(e: Expr): number {
  let count = 0
  const visit = (at: Expr): void => {
    if (count++ > mostNodes) return
    for (const operand of operandsOutside(at)) visit(operand)
  }
  visit(e)
  return count
}

/**
 * The condition under which an expression uses one of its nodes, or may; undefined if it always does.
 *
 * @param isKnown whether a condition has a value where the node is computed; those without one, and all after them, are left out
 */
export function pathCondition(e: Expr, node: Expr, isKnown: (condition: Expr) => boolean): Condition {
  const found: Condition[] = []
  const above = ancestors(e, node)
  // Paths still to be followed, the first on top; each of them ends at the node.
  const ways: (readonly [at: Expr, when: Condition, isOpen: boolean])[] = [[e, undefined, true]]
  const follow = (at: Expr, when: Condition, isOpen: boolean): void => {
    if (above.has(at)) ways.push([at, when, isOpen])
  }
  for (let way = ways.pop(); way !== undefined && found.length <= mostWays; way = ways.pop()) {
    const [at, when, isOpen] = way
    if (at === node) found.push(when)
    else if (at.kind === 'op' && at.op === 'select') {
      const [condition, taken, other] = at.args as readonly [Expr, Expr, Expr]
      const narrows = isOpen && isKnown(condition)
      follow(other, narrows ? lazyAnd(when, lazySelect(condition, truth(0), truth(1))) : when, narrows)
      follow(taken, narrows ? lazyAnd(when, condition) : when, narrows)
      follow(condition, when, isOpen)
    } else for (const operand of [...operandsOutside(at)].reverse()) follow(operand, when, isOpen)
  }
  if (found.length === 0 || found.length > mostWays) return undefined
  const whole = found.reduce((some, when) =>
    some === undefined || when === undefined ? undefined : lazySelect(some, truth(1), when),
  )
  return whole !== undefined && sizeOf(whole) <= mostNodes ? whole : undefined
}

/** The nodes of an expression that contain a given node, outside other reductions, including the node itself. */
function ancestors(e: Expr, node: Expr): ReadonlySet<Expr> {
  const holds = new Map<Expr, boolean>([[node, true]])
  foldExpr(e, (at, of) => operandsOutside(at).some(of), holds, operandsOutside)
  return new Set(flatMap(holds, ([at, answer]) => (answer ? [at] : [])))
}

/** The place of an expression. */
export interface EvaluationPlace {
  /** Whether a load in an arm of a select is assumed to be in bounds wherever the arm is taken. */
  readonly trustsArms?: boolean
  /** Gives the buffers and the facts about sizes. */
  readonly nest: Nest
  readonly axes: readonly Axis[]
  readonly where: readonly Guard[]
}

/** Whether a load of the expression may be out of bounds. */
export function mayBeOutOfBounds(whole: Expr, place: EvaluationPlace): boolean {
  const seen = new Set<Expr>()
  const pending: (readonly [Expr, EvaluationPlace])[] = [[whole, place]]
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const [e, at] = next
    if (seen.has(e)) continue
    seen.add(e)
    if (e.kind === 'load' && isOutOfBounds(e, at)) return true
    const inner = e.kind === 'reduce' ? { ...at, axes: [...at.axes, ...e.axes], where: [...at.where, ...e.where] } : at
    const isTrusted = at.trustsArms === true && e.kind === 'op' && e.op === 'select'
    for (const operand of isTrusted ? e.args.slice(0, 1) : operandsOf(e)) pending.push([operand, inner])
  }
  return false
}

function isOutOfBounds(e: Expr & { kind: 'load' }, { nest, axes, where }: EvaluationPlace): boolean {
  const around = axes.map(loopOf)
  const dims = nest.buffers.get(e.buffer)?.dims ?? []
  const leaf: Store = { kind: 'store', stage: '', buffer: '', index: [], value: e, where }
  return e.index.some((s, i) => isAffine(s) && !isInBounds(nest, leaf, around, s, dims[i] as Extent))
}

const loopOf = ({ id, name, extent }: Axis): Loop => ({
  kind: 'loop',
  id,
  name,
  axis: name,
  mode: 'serial',
  reduce: false,
  ordered: false,
  extent,
  body: [],
})
