/** Loads of a random kernel: the element at the indices in scope, its neighbour, or one that data selects. */
import { type Index, select, type Value } from '@qernel/dsl'
import type { Pick } from '@qernel/schedule'
import { axisOf, type Dim, type Readable, type Scope } from './scope.ts'

type Place = Index | number | Value

/** A load of an element that exists wherever the expression is evaluated; undefined if the indices cannot address the tensor. */
export function randomLoad(tensor: Readable, scope: Scope, pick: Pick): Value | undefined {
  const index: Place[] = []
  let neighbour: { readonly place: Index; readonly at: number; readonly isThere: Value } | undefined
  let isThere: Value | undefined
  for (const [at, dim] of tensor.dims.entries()) {
    const walks = scope.walks.filter(({ axis }) => axis === axisOf(dim))
    const gathered = walks.length === 0 ? pick([true, false]) : pick([true, ...Array<boolean>(6).fill(false)])
    const chosen = gathered ? gather(dim, scope, pick) : undefined
    const length = typeof dim === 'number' ? dim : dim.kind === 'size' ? dim.value() : undefined
    if (chosen !== undefined) index.push(chosen)
    else if (walks.length === 0) {
      // An index of another axis, where it lies within this one. The load that is not selected would be out of bounds, and this axis may be empty.
      if (length === undefined || scope.walks.length === 0 || isThere !== undefined) return undefined
      const { index: other } = pick(scope.walks)
      index.push(other)
      isThere = other.value().lt(length)
    } else {
      const { index: own } = pick(walks)
      index.push(own)
      if (!pick([true, ...Array<boolean>(9).fill(false)])) continue
      // The axis in reverse.
      if (typeof dim === 'number' && pick([true, false])) index[at] = own.mul(-1).add(dim - 1)
      else neighbour = { at, ...elsewhere(own, length, pick) }
    }
  }
  const load = (places: readonly Place[]): Value => {
    const value = tensor.load(...places)
    return isThere === undefined ? value : select(isThere, value, 0)
  }
  if (neighbour === undefined) return load(index)
  // The neighbouring element, if it exists: the load that is not selected would be out of bounds.
  const { at, place, isThere: hasNeighbour } = neighbour
  return select(hasNeighbour, load(index.map((one, i) => (i === at ? place : one))), load(index))
}

/** Another element along an axis, and whether it exists: the one before or after, every second one, or one counted down from some position. */
function elsewhere(own: Index, length: Value | number | undefined, pick: Pick): { place: Index; isThere: Value } {
  if (length === undefined) return { place: own.add(-1), isThere: own.value().gt(0) }
  const place = pick([
    own.add(-1),
    own.add(1),
    own.add(1),
    own.mul(2),
    own.mul(3).add(1),
    own.mul(-1).add(pick([3, 8])),
  ])
  return { place, isThere: place.value().ge(0).and(place.value().lt(length)) }
}

/** A constant position, or one that another tensor gives, clamped to the dimension. */
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
