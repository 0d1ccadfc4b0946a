/** Finds values that one iteration of a loop stores and another loads although the loop is not marked as ordered. */
import { type Affine, affine, isAffine, type Loop, loadsOf, type Nest, type Subscript } from '@qernel/dsl'
import { flatMap, greatestCommonDivisor } from '@qernel/dsl/internal'
import { constantExtent } from './guards.ts'
import { type LeafPath, leavesOf } from './statements.ts'

export interface UnorderedValue {
  readonly buffer: string
  readonly loop: Loop
}

/**
 * A value stored in one iteration and loaded in another needs an ordered loop; an updated element needs a reduce loop
 * or an ordered one. Storage private to an iteration passes nothing on, nor do elements that differ between iterations.
 */
export function findUnorderedValue(nest: Nest): UnorderedValue | undefined {
  for (const statement of nest.body) {
    // A statement in a loop without iterations never runs.
    const paths = leavesOf([statement]).filter(({ around }) => !around.some(l => constantExtent(nest, l.extent) === 0))
    const writers = new Map<string, LeafPath[]>()
    for (const path of paths) {
      const others = writers.get(path.leaf.buffer)
      if (others === undefined) writers.set(path.leaf.buffer, [path])
      else others.push(path)
    }
    for (const reader of paths)
      for (const { buffer, index } of readsOf(reader))
        for (const writer of writers.get(buffer) ?? []) {
          const loop = between(nest, buffer, writer, reader, index)
          if (loop !== undefined) return { buffer, loop }
        }
  }
  return undefined
}

interface Read {
  readonly buffer: string
  readonly index: readonly Subscript[]
}

/** The loads of a leaf. An update reads the element that it changes, unless it is atomic. */
function readsOf({ leaf }: LeafPath): readonly Read[] {
  const loads: readonly Read[] = loadsOf(leaf.value)
  return leaf.kind === 'update' && leaf.atomic !== true ? [...loads, leaf] : loads
}

/** The outermost loop that passes a value from the writer to the reader between iterations but is not marked as ordered. */
function between(
  nest: Nest,
  name: string,
  writer: LeafPath,
  reader: LeafPath,
  index: readonly Subscript[],
): Loop | undefined {
  const scope = nest.buffers.get(name)?.scope
  let shared = 0
  while (shared < writer.around.length && reader.around[shared]?.id === writer.around[shared]?.id) shared++
  // Storage is fresh in each iteration of its owner and of all loops around the owner.
  const owner = writer.around.findIndex(({ id }, i) => i < shared && id === scope)
  for (let i = owner + 1; i < shared; i++) {
    const loop = writer.around[i] as Loop
    const isTold = loop.ordered || (loop.reduce && writer.leaf.kind === 'update')
    if (!isTold && !walksApart(nest, loop, writer.around.slice(0, i), writer, reader, index)) return loop
  }
  return undefined
}

/** Whether no element of a buffer is stored in two iterations of a loop, within the same iterations of the loops around it. */
export function storesApart(nest: Nest, buffer: string, loop: Loop, outside: readonly Loop[]): boolean {
  const writers = leavesOf(loop.body, [...outside, loop]).filter(({ leaf }) => leaf.buffer === buffer)
  return writers.every(writer =>
    writers.every(other => walksApart(nest, loop, outside, writer, other, other.leaf.index)),
  )
}

/** Whether two iterations of a loop, within the same outer iterations, never touch the same element. */
function walksApart(
  nest: Nest,
  loop: Loop,
  outside: readonly Loop[],
  writer: LeafPath,
  reader: LeafPath,
  index: readonly Subscript[],
): boolean {
  if (constantExtent(nest, loop.extent) === 1) return true
  return writer.leaf.index.some((stored, dimension) => {
    const loaded = index[dimension]
    if (loaded === undefined || !isAffine(loaded)) return false
    const c = affine.coefficient(stored, loop.id)
    if (c === 0 || affine.coefficient(loaded, loop.id) !== c) return false
    const isFixed = (id: number) =>
      id === loop.id ||
      outside.some(l => l.id === id && affine.coefficient(stored, id) === affine.coefficient(loaded, id))
    // A loop of one iteration moves nothing.
    const isOne = (id: number, { around }: LeafPath) =>
      constantExtent(nest, (around.find(l => l.id === id) as Loop).extent) === 1
    const moved = [stored, loaded].map((at, i) =>
      affine.part(at, id => !isFixed(id) && !isOne(id, i === 0 ? writer : reader)),
    )
    const [a, b] = [stored, loaded].map((at, i) =>
      rangeOf(nest, { constant: at.constant, terms: moved[i]?.terms ?? new Map() }, (i === 0 ? writer : reader).around),
    ) as [Range, Range]
    // If iterations n apart touch the same element, the contributions of their inner loops differ by c · n.
    const step = flatMap(moved, ({ terms }) => [...terms.values()]).reduce(greatestCommonDivisor, 0)
    const extent = constantExtent(nest, loop.extent) ?? Number.POSITIVE_INFINITY
    const strides = flatMap(moved, ({ terms: each }, i) =>
      stridesOf(nest, each, i === 0 ? writer : reader, i === 0 ? 1 : -1),
    )
    const meets = (by: number) => {
      const inside = by - (stored.constant - loaded.constant)
      return by >= a.low - b.high && by <= a.high - b.low && isMultiple(inside, step) && isReached(inside, strides)
    }
    const furthest = Math.min(Math.max(a.high - b.low, b.high - a.low) / Math.abs(c), extent - 1)
    // Beyond the length of tiles, the answer is not worth the time.
    if (furthest > 4096) return false
    for (let n = 1; n <= furthest; n++) if (meets(c * n) || meets(-c * n)) return false
    return true
  })
}

/** The values `0, by, … by · (count − 1)` that a loop adds to an index. */
interface Stride {
  readonly by: number
  readonly count: number
}

const stridesOf = (nest: Nest, terms: Affine['terms'], { around }: LeafPath, sign: 1 | -1): Stride[] =>
  [...terms].map(([id, c]) => {
    const extent = constantExtent(nest, (around.find(l => l.id === id) as Loop).extent)
    return { by: sign * c, count: extent ?? Number.POSITIVE_INFINITY }
  })

/** Whether loops can add up to a value. Each choice of the longest stride leaves little to the others. */
function isReached(value: number, strides: readonly Stride[]): boolean {
  if (strides.some(({ count }) => count === Number.POSITIVE_INFINITY)) return true
  const [longest, ...others] = [...strides].sort((a, b) => Math.abs(b.by) - Math.abs(a.by))
  if (longest === undefined) return value === 0
  const [low, high] = others.reduce(
    ([from, to], { by, count }) => [from + Math.min(0, by * (count - 1)), to + Math.max(0, by * (count - 1))],
    [0, 0],
  )
  const [first, last] = [(value - high) / longest.by, (value - low) / longest.by].sort((a, b) => a - b) as [
    number,
    number,
  ]
  for (let i = Math.max(0, Math.ceil(first)); i <= Math.min(longest.count - 1, Math.floor(last)); i++)
    if (isReached(value - longest.by * i, others)) return true
  return false
}

const isMultiple = (value: number, of: number): boolean => (of === 0 ? value === 0 : value % of === 0)

interface Range {
  readonly low: number
  readonly high: number
}

function rangeOf(nest: Nest, { constant, terms }: Affine, around: readonly Loop[]): Range {
  let [low, high] = [constant, constant]
  for (const [id, c] of terms) {
    const extent = constantExtent(nest, (around.find(l => l.id === id) as Loop).extent) ?? Number.POSITIVE_INFINITY
    const furthest = c * Math.max(0, extent - 1)
    if (furthest < 0) low += furthest
    else high += furthest
  }
  return { low, high }
}
