/** Loads of a random kernel: an element at the indices around, its neighbour, or one that data chooses. */
import { type Index, select, type Value } from '@qernel/dsl'
import type { Pick } from '@qernel/schedule'
import { axisOf, type Dim, type Readable, type Scope, type Walk } from './scope.ts'

/** An element of a tensor that is there whenever the place is; undefined where the indices do not reach it. */
export function randomLoad(tensor: Readable, scope: Scope, pick: Pick): Value | undefined {
  const index: (Index | number | Value)[] = []
  let neighbour: { readonly walk: Walk; readonly at: number } | undefined
  for (const [at, dim] of tensor.dims.entries()) {
    const walks = scope.walks.filter(({ axis }) => axis === axisOf(dim))
    const gathered = pick([true, false, false, false, false, false, false]) || walks.length === 0
    const chosen = gathered ? gather(dim, scope, pick) : undefined
    if (chosen !== undefined) index.push(chosen)
    else if (walks.length === 0) return undefined
    else {
      const walk = pick(walks)
      index.push(walk.index)
      if (pick([true, ...Array<boolean>(11).fill(false)])) neighbour = { walk, at }
    }
  }
  const value = tensor.load(...index)
  if (neighbour === undefined) return value
  // The element before, where there is one: what is not taken lies outside.
  const { walk, at } = neighbour
  const before = tensor.load(...index.map((one, i) => (i === at ? walk.index.add(-1) : one)))
  return select(walk.index.value().gt(0), before, value)
}

/** A constant place, or one that another tensor names; it is clamped to the dimension. */
function gather(dim: Dim, scope: Scope, pick: Pick): number | Value | undefined {
  if (typeof dim === 'number' && pick([true, false])) return pick([0, dim - 1, dim >> 1])
  const integers = scope.tensors.filter(({ type }) => type.kind !== 'float')
  for (let attempt = 0; attempt < 2 && integers.length > 0; attempt++) {
    const { load, dims } = pick(integers)
    const places = dims.map(one => scope.walks.find(({ axis }) => axis === axisOf(one))?.index)
    if (places.every(place => place !== undefined)) return load(...places)
  }
  return scope.walks.length === 0
    ? undefined
    : pick(scope.walks)
        .index.mul(pick([1, 2, 3]))
        .add(pick([0, 1, -1]))
        .value()
}
