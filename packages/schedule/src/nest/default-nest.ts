import {
  type Axis,
  affine,
  type Buffer,
  type Expr,
  type Guard,
  type Kernel,
  type Loop,
  type LoopId,
  mapExpr,
  type Nest,
  type Stage,
  type Statement,
  storageTypes,
  visitExpr,
} from '@qernel/dsl'
import { affinesOf, factorsOf, flatMap, foldExpr, memoize, nameOfStage, operandsOutside } from '@qernel/dsl/internal'
import { lazyAnd, lazySelect, mayBeOutOfBounds, pathCondition } from '../legality/path-conditions.ts'

/**
 * The nest of a definition before any schedule: one statement per stage, one serial loop per axis, every reduction an
 * accumulator that is initialized, updated in a reduce loop and then read.
 */
export function defaultNest(kernel: Kernel, fixed: ReadonlyMap<string, number> = new Map()): Nest {
  const made = nestsOf(kernel)
  const key = JSON.stringify([...fixed])
  const known = made.get(key)
  if (known !== undefined) return known
  const nest = makeNest(kernel, new Map(fixed))
  if (made.size === 8) made.clear()
  made.set(key, nest)
  return nest
}

/** Nests by fixed sizes, cached because definitions never change and every schedule of a sweep starts from the same loops. */
const nestsOf = memoize((_: Kernel) => new Map<string, Nest>(), 4)

function makeNest(kernel: Kernel, fixed: ReadonlyMap<string, number>): Nest {
  const buffers = new Map<string, Buffer>(kernel.tensors.map(tensor => [tensor.name, tensor]))
  const nest: Nest = { kernel, fixed, assumptions: [], buffers, body: [], nextLoop: highestAxis(kernel) + 1 }
  return { ...nest, body: kernel.stages.map(stage => stageNest(stage, nest, buffers)) }
}

function highestAxis(kernel: Kernel): LoopId {
  let highest = -1
  for (const stage of kernel.stages) {
    for (const axis of stage.axes) highest = Math.max(highest, axis.id)
    visitExpr(stage.value, node => {
      if (node.kind === 'reduce') for (const axis of node.axes) highest = Math.max(highest, axis.id)
    })
  }
  return highest
}

function loop(axis: Axis, reduce: boolean, body: readonly Statement[]): Loop {
  return {
    kind: 'loop',
    id: axis.id,
    name: axis.name,
    axis: axis.name,
    mode: 'serial',
    reduce,
    ordered: false,
    extent: axis.extent,
    body,
  }
}

const enclose = (axes: readonly Axis[], reduce: boolean, body: readonly Statement[]): readonly Statement[] =>
  axes.reduceRight<readonly Statement[]>((inner, axis) => [loop(axis, reduce, inner)], body)

function stageNest(stage: Stage, nest: Nest, buffers: Map<string, Buffer>): Statement {
  const innermost = stage.axes.at(-1) as Axis
  const { axes, where } = stage
  const { before, value } = lowerReductions(stage.value, { stage, scope: innermost.id, nest, axes, where, buffers })
  const store: Statement = {
    kind: 'store',
    stage: nameOfStage(stage),
    buffer: stage.tensor,
    index: stage.index,
    value,
    where: stage.where,
  }
  return enclose(stage.axes, false, [...before, store])[0] as Statement
}

interface Place {
  readonly stage: Stage
  /** The loop whose iterations own the accumulators. */
  readonly scope: LoopId
  /** The axes of the enclosing loops. */
  readonly axes: readonly Axis[]
  readonly where: readonly Guard[]
  /** The nest so far. */
  readonly nest: Nest
  readonly buffers: Map<string, Buffer>
  /** The condition under which the value is used, if not always. */
  readonly taken?: Expr | undefined
}

type ReduceExpr = Expr & { readonly kind: 'reduce' }

interface Fold {
  readonly axes: readonly Axis[]
  readonly accumulators: Set<string>
  readonly init: Statement[]
  readonly updates: Statement[]
}

/** Replaces every reduction in `e` by a load of its accumulator, and returns the statements that fill it. */
function lowerReductions(e: Expr, place: Place): { before: Statement[]; value: Expr } {
  const folds: Fold[] = []
  const done = new Map<Expr, Expr>()
  const replaceAll = (expr: Expr): Expr => mapExpr(expr, node => node, undefined, new Map(done))
  /** Whether a condition needs no later reduction. It is called for nested selects around a reduction. */
  const knownSoFar = (): ((condition: Expr) => boolean) => {
    const known = new Map<Expr, boolean>()
    const isKnown = (node: Expr, of: (operand: Expr) => boolean): boolean =>
      node.kind === 'reduce' ? done.has(node) : operandsOutside(node).every(of)
    return condition => foldExpr(condition, isKnown, known, operandsOutside)
  }
  const lower = (node: ReduceExpr): void => {
    if (done.has(node)) return
    // A value may be computed before the enclosing loops if its loads are in bounds even when those loops have no iterations.
    for (const inner of directReductions(node.body))
      if (!usesAxes(inner, node.axes) && !mayBeOutOfBounds(inner, { ...place, trustsArms: true })) lower(inner)
    const name = accumulatorName(place, node)
    const type = storageTypes.get(node.type) as Buffer['type']
    place.buffers.set(name, { name, memory: 'register', role: 'local', type, dims: [], scope: place.scope })
    const where = [...place.where, ...node.where]
    const when = mayBeOutOfBounds(node, place) ? lazyAnd(place.taken, pathCondition(e, node, knownSoFar())) : undefined
    const taken = when && replaceAll(when)
    const axes = [...place.axes, ...node.axes]
    const scope = (node.axes.at(-1) as Axis).id
    const body = lowerReductions(replaceAll(node.body), { ...place, scope, axes, where, taken })
    const identity: Expr = { kind: 'const', type: node.type, value: node.identity }
    const value = taken === undefined ? body.value : foldedWhere(taken, body.value, node, identity)
    const previous = folds.at(-1)
    const joined =
      previous !== undefined && body.before.length === 0 && joinable(previous, node.axes, value) ? previous : undefined
    const fold: Fold = joined ?? { axes: node.axes, accumulators: new Set(), init: [], updates: [] }
    if (joined === undefined) folds.push(fold)
    const rename = (index: Parameters<typeof affine.substitute>[0]) =>
      node.axes.reduce((a, axis, i) => affine.substitute(a, axis.id, affine.variable((fold.axes[i] as Axis).id)), index)
    const target = { stage: nameOfStage(place.stage), buffer: name, index: [] }
    fold.accumulators.add(name)
    fold.init.push({
      kind: 'store',
      ...target,
      value: identity,
      where: [],
    })
    fold.updates.push(...body.before, {
      kind: 'update',
      ...target,
      op: node.op,
      ...(node.fused && { fused: true }),
      value: mapExpr(value, inner => inner, rename),
      where: where.map(guard => ({ ...guard, index: rename(guard.index) })),
    })
    done.set(node, { kind: 'load', type: node.type, buffer: name, index: [] })
  }
  for (const node of directReductions(e)) lower(node)
  const before = flatMap(folds, fold => [...fold.init, ...enclose(fold.axes, true, fold.updates)])
  return { before, value: replaceAll(e) }
}

/** What a reduction folds where a condition holds; elsewhere its start, or a product of −0, which changes no sum. */
function foldedWhere(taken: Expr, value: Expr, { fused }: ReduceExpr, identity: Expr): Expr {
  if (!fused || value.kind !== 'op') return lazySelect(taken, value, identity)
  const [a, b] = factorsOf(value)
  const constant = (of: number): Expr => ({ kind: 'const', type: 'f32', value: of })
  return { ...value, args: [lazySelect(taken, a, constant(-0)), lazySelect(taken, b, constant(1))] }
}

/** Two reductions over the same axes share one loop, so that the data is read once, unless the second needs the result of the first. */
function joinable(fold: Fold, axes: readonly Axis[], body: Expr): boolean {
  if (
    fold.axes.length !== axes.length ||
    !fold.axes.every((axis, i) => affine.sameExtent(axis.extent, (axes[i] as Axis).extent))
  )
    return false
  let independent = true
  visitExpr(body, node => {
    if (node.kind === 'load' && fold.accumulators.has(node.buffer)) independent = false
  })
  return independent
}

/** The name that the author gave to the reduction, unless it is that of something else. */
function accumulatorName({ stage, nest, axes, buffers }: Place, node: ReduceExpr): string {
  const around = [...nest.kernel.sizes, ...axes, ...node.axes].map(one => one.name)
  if (node.name !== undefined && !buffers.has(node.name) && !around.includes(node.name)) return node.name
  const base = `${nameOfStage(stage)}_${node.fused ? 'dot' : node.op}`
  let name = base
  for (let i = 2; buffers.has(name); i++) name = `${base}_${i}`
  return name
}

/** The reductions in `e` that do not lie inside another reduction. */
function directReductions(e: Expr): readonly ReduceExpr[] {
  const found: ReduceExpr[] = []
  const add = (node: Expr): void => {
    if (node.kind === 'reduce') found.push(node)
  }
  visitExpr(e, add, operandsOutside)
  return found
}

function usesAxes(e: Expr, axes: readonly Axis[]): boolean {
  const ids = new Set(axes.map(axis => axis.id))
  return affinesOf(e).some(index => [...index.terms.keys()].some(id => ids.has(id)))
}
