/** What roundings allow a kernel to give: its definition on intervals, which hold the results in float64 and those of the interpreter. */
import { affine, type Expr, integerRange, type Kernel, type OperationName, type Stage, type Tensor } from '@qernel/dsl'
import { bindSizes, codecOf, factorsOf, isNarrowFloat, roundHalfAway, scalarMeaning } from '@qernel/dsl/internal'
import * as i from './fuzz/interval.ts'
import { nearestEven } from './fuzz/operations.ts'

export interface Intervals {
  readonly shape: readonly number[]
  readonly elements: i.Interval[]
}
type Loops = Map<number, number>
type Operation = Expr & { readonly kind: 'op' }
type OnIntervals = (args: readonly i.Interval[], node: Operation) => i.Interval

const truth = ({ yes, no }: i.Possible): i.Interval => ({ low: no ? 0 : 1, high: yes ? 1 : 0 })
const possible = (a: i.Interval): i.Possible => (a ? { yes: a.high === 1, no: a.low === 0 } : { yes: true, no: true })

/** For floats, which are rounded; integers are computed from their ends, since none of these kernels comes near the ends of their range. */
const arithmetic =
  (floats: (a: i.Interval, b: i.Interval) => i.Interval, exactly: (a: number, b: number) => number): OnIntervals =>
  ([a, b], { type }) => {
    if (type === 'f32') return floats(a, b)
    if (!a || !b) return undefined
    const ends = [exactly(a.low, b.low), exactly(a.low, b.high), exactly(a.high, b.low), exactly(a.high, b.high)]
    return { low: Math.min(...ends), high: Math.max(...ends) }
  }
const two =
  (compute: (a: i.Interval, b: i.Interval) => i.Interval): OnIntervals =>
  ([a, b]) =>
    compute(a, b)
const one =
  (compute: (a: i.Interval) => i.Interval): OnIntervals =>
  ([a]) =>
    compute(a)
const compared =
  (compute: (a: i.Interval, b: i.Interval) => i.Possible): OnIntervals =>
  ([a, b]) =>
    truth(compute(a, b))

/** Operations that are not here are computed where their operands are known, and are otherwise open. */
const operations: Partial<Record<OperationName, OnIntervals>> = {
  add: arithmetic(i.add, (a, b) => a + b),
  sub: arithmetic(i.sub, (a, b) => a - b),
  mul: arithmetic(i.mul, (a, b) => a * b),
  div: two(i.div),
  min: two(i.min),
  max: two(i.max),
  neg: one(i.neg),
  abs: one(i.abs),
  clamp: ([a, low, high]) => i.min(i.max(a, low), high),
  round: one(i.exactly(nearestEven)),
  roundHalfAway: one(i.exactly(roundHalfAway)),
  trunc: one(i.exactly(Math.trunc)),
  toF32: one(a => a),
  exp2: one(i.nearly(x => 2 ** x)),
  lt: compared(i.less),
  le: compared((a, b) => i.not(i.less(b, a))),
  gt: compared((a, b) => i.less(b, a)),
  ge: compared((a, b) => i.not(i.less(a, b))),
  eq: compared(i.equal),
  select: ([condition, a, b]) => i.select(possible(condition), a, b),
  saturate: ([a], { to }) => {
    const { low, high } = integerRange(to as NonNullable<typeof to>)
    return i.exactly(x => Math.max(low, Math.min(high, x)))(a)
  },
  narrow: ([a], { to }) => {
    const { encode, decode } = codecOf(to as NonNullable<typeof to>)
    return i.exactly(x => decode(encode(x)))(a)
  },
}

/** Every tensor of a kernel on these inputs. */
export function resultIntervals(kernel: Kernel, inputs: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Intervals> {
  const sizes = bindSizes(kernel, inputs, new Map())
  const tensors = new Map<string, Intervals>()
  for (const [name, { shape, data }] of inputs) tensors.set(name, { shape, elements: Array.from(data, i.point) })

  const place = ({ shape }: Intervals, index: readonly number[]): number =>
    index.reduce((sum, at, dimension) => sum * (shape[dimension] as number) + at, 0)

  const over = (axes: Stage['axes'], where: Stage['where'], loops: Loops, visit: (loops: Loops) => void): void => {
    const [axis, ...inner] = axes
    if (axis === undefined) {
      if (where.every(({ index, below }) => position(index, loops) < affine.extentValue(below, sizes))) visit(loops)
      return
    }
    for (let at = 0; at < affine.extentValue(axis.extent, sizes); at++)
      over(inner, where, new Map(loops).set(axis.id, at), visit)
  }

  const valueAt = (node: Expr, loops: Loops): i.Interval => {
    switch (node.kind) {
      case 'const':
        // A number of the text need not be a binary32.
        return Number.isInteger(node.value) || !Number.isFinite(node.value)
          ? i.point(node.value)
          : i.nearly(x => x)(i.point(node.value))
      case 'size':
        return i.point(sizes.get(node.size) as number)
      case 'index':
        return i.point(position(node.index, loops))
      case 'load': {
        const tensor = tensors.get(node.buffer) as Intervals
        const index = node.index.map(each => ('kind' in each ? Number.NaN : position(each, loops)))
        return tensor.elements[place(tensor, index)]
      }
      case 'reduce': {
        const step: OnIntervals = operations[node.op === 'sum' ? 'add' : node.op] as OnIntervals
        const operation: Operation = { kind: 'op', type: node.type, op: 'add', args: [] }
        let result = i.point(node.identity)
        over(node.axes, node.where, loops, inner => {
          if (node.fused) {
            const [a, b] = factorsOf(node.body).map(factor => valueAt(factor, inner))
            result = i.fma(a, b, result)
          } else result = step([result, valueAt(node.body, inner)], operation)
        })
        return result
      }
      case 'op': {
        const args = node.args.map(each => valueAt(each, loops))
        const known = operations[node.op]
        if (known !== undefined) return known(args, node)
        const [a, b, c] = args.map(each => (each?.low === each?.high ? each?.low : undefined))
        if (a === undefined || (args.length > 1 && b === undefined) || (args.length > 2 && c === undefined))
          return undefined
        return i.point(scalarMeaning(node)(a, b, c))
      }
    }
  }

  for (const { tensor: name, axes, index, where, value } of kernel.stages) {
    const { dims, type } = kernel.tensors.find(each => each.name === name) as Kernel['tensors'][number]
    const shape = dims.map(dim => affine.extentValue(dim, sizes))
    const tensor = tensors.get(name) ?? { shape, elements: [] }
    tensors.set(name, tensor)
    over(axes, where, new Map(), loops => {
      const computed = valueAt(value, loops)
      const { encode, decode } = codecOf(type)
      // The interpreter stores what fits the type; in float64, values stay as they are.
      const stored = isNarrowFloat(type) ? i.hull(computed, i.exactly(x => decode(encode(x)))(computed)) : computed
      tensor.elements[
        place(
          tensor,
          index.map(each => position(each, loops)),
        )
      ] = stored
    })
  }
  return tensors
}

function position({ constant, terms }: Stage['index'][number], loops: Loops): number {
  let sum = constant
  for (const [loop, coefficient] of terms) sum += coefficient * (loops.get(loop) as number)
  return sum
}
