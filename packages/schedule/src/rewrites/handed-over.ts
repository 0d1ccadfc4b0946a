/** Values that one stage passes to another in shared iterations: they stay on chip, as a value or as a tile. */
import {
  type Affine,
  affine,
  type Buffer,
  type Expr,
  type Extent,
  isAffine,
  type Loop,
  type LoopId,
  loadsOf,
  type Nest,
  type Statement,
  type StorageType,
  type Store,
  type Subscript,
  storageTypes,
} from '@qernel/dsl'
import { flatMap, isNarrowFloat } from '@qernel/dsl/internal'
import { isInBounds } from '../legality/bounds.ts'
import { outOfBoundsLoads } from '../legality/out-of-bounds-loads.ts'
import { isRefusal, type Refusal, refuse } from '../legality/refusal.ts'
import { constantExtent } from '../nest/guards.ts'
import { type LeafPath, leavesOf, mapLeaf, mapLeaves, substituteLoop } from '../nest/statements.ts'
import { freshBuffer } from './refactor-reduction.ts'

/** The stages that become one, when the loops that they share are merged. */
export interface Merged {
  /** The innermost shared loop, with the producer's statements. */
  readonly last: Loop
  readonly shared: ReadonlySet<LoopId>
  /** The consumer's statements in it, in terms of the same loops. */
  readonly consumer: readonly Statement[]
  /** All other statements of the kernel. */
  readonly others: readonly Statement[]
}

/**
 * Keeps every tensor that the producer stores and the consumer reads. This is legal if the consumer reads, in each
 * iteration of the shared loops, only elements stored in the same iteration. One element stays in a register, several
 * in a tile.
 *
 * @param memory where tiles stay; without it, only single elements are kept
 */
export function keepResults(
  nest: Nest,
  merged: Merged,
  memory: 'register' | 'shared' | undefined,
): Pick<Nest, 'body' | 'buffers' | 'nextLoop'> | Refusal {
  const { last, others } = merged
  let { nextLoop } = nest
  const buffers = new Map(nest.buffers)
  let produced = last.body
  let consuming = merged.consumer
  const stored = new Set(leavesOf(produced).map(({ leaf }) => leaf.buffer))
  for (const name of stored) {
    const tensor = nest.buffers.get(name) as Buffer
    if (tensor.memory !== 'global') continue
    const reads = flatMap(leavesOf(consuming), ({ leaf, around }) =>
      flatMap(loadsOf(leaf.value), load => (load.buffer === name ? [{ load, leaf, around }] : [])),
    )
    if (reads.length === 0) continue
    const stores = leavesOf(produced).filter(({ leaf }) => leaf.buffer === name)
    const isUpdated = stores.some(({ leaf }) => leaf.kind !== 'store')
    if (isUpdated || leavesOf(others).some(({ leaf }) => leaf.buffer === name))
      return refuse('depends', `${last.name} does not store all of ${name}`, [last.id])
    const tile = tileOf(nest, tensor, stores, reads, merged)
    if (isRefusal(tile)) return tile
    const problem = whyNotKept(tile, tensor, reads, last, memory)
    if (problem !== undefined) return problem
    const isTile = tile.dims.length > 0
    const kept = freshBuffer(buffers, `${name}_${isTile ? 'tile' : 'kept'}`)
    buffers.set(kept, {
      name: kept,
      memory: isTile ? (memory as 'register' | 'shared') : 'register',
      role: 'local',
      type: storageTypes.get(tensor.type.compute) as StorageType,
      dims: tile.dims,
      scope: last.id,
    })
    const type = tensor.type.compute
    const isNowhere = (s: Subscript, i: number) => !isAffine(s) && constantExtent(nest, tensor.dims[i] as Extent) === 0
    // If the dimension is empty there is nothing to clamp to, and the tile holds elements that were never stored.
    const load = (index: readonly Subscript[]): Expr =>
      index.some(isNowhere)
        ? { kind: 'const', type, value: 0 }
        : { kind: 'load', type, buffer: kept, index: tile.within(index) }
    const twice = new TwoStores(nextLoop, name, leaf => [
      { ...leaf, buffer: kept, index: tile.within(leaf.index), value: asStored(leaf.value, tensor.type) },
      { ...leaf, value: load(leaf.index) },
    ])
    produced = twice.instead(produced)
    nextLoop = twice.nextLoop
    consuming = mapLeaves(consuming, leaf =>
      reads.some(read => read.leaf === leaf)
        ? mapLeaf(
            leaf,
            a => a,
            e => (e.kind === 'load' && e.buffer === name ? load(e.index) : e),
          )
        : leaf,
    )
  }
  return { body: [...produced, ...consuming], buffers, nextLoop }
}

/** The value that a load from memory would return. */
const asStored = (value: Expr, type: StorageType): Expr =>
  isNarrowFloat(type) ? { kind: 'op', type: 'f32', op: 'narrow', args: [value], to: type } : value

/** Replaces one store by two, each in its own vector loops, since a vector loop contains one statement. */
class TwoStores {
  nextLoop: LoopId
  readonly #buffer: string
  readonly #by: (leaf: Store) => readonly [Store, Store]
  constructor(nextLoop: LoopId, buffer: string, by: (leaf: Store) => readonly [Store, Store]) {
    this.nextLoop = nextLoop
    this.#buffer = buffer
    this.#by = by
  }

  instead(body: readonly Statement[]): readonly Statement[] {
    return flatMap(body, (s): readonly Statement[] => {
      if (s.kind === 'loop' && s.mode !== 'vector') return [{ ...s, body: this.instead(s.body) }]
      const { leaf } = leavesOf([s])[0] as LeafPath
      if (leaf.kind !== 'store' || leaf.buffer !== this.#buffer) return [s]
      const [first, second] = this.#by(leaf)
      return [...mapLeaves([s], () => first), this.#again(mapLeaves([s], () => second)[0] as Statement)]
    })
  }

  #again(s: Statement): Statement {
    if (s.kind !== 'loop') return s
    const id = this.nextLoop++
    const [inner] = substituteLoop(s.body, s.id, affine.variable(id))
    return { ...s, id, body: [this.#again(inner as Statement)] }
  }
}

/** The elements of a tensor that one iteration of the shared loops stores. */
interface Tile {
  readonly dims: readonly number[]
  /** Converts subscripts of the tensor to subscripts of the tile. */
  within<S extends Subscript>(index: readonly S[]): S[]
}

interface Read {
  readonly load: Expr & { readonly kind: 'load' }
  readonly leaf: LeafPath['leaf']
  readonly around: readonly Loop[]
}

/**
 * Along each dimension, the store and the loads must move in the same way with the shared loops, and the rest of their
 * index stays within the tile, `0 … n − 1`, all of which each iteration stores. A dimension that the shared loops do
 * not walk is stored whole, so it may be read anywhere.
 */
function tileOf(
  nest: Nest,
  tensor: Buffer,
  stores: readonly LeafPath[],
  reads: readonly Read[],
  merged: Merged,
): Tile | Refusal {
  const { last, shared } = merged
  const others = (): Refusal =>
    refuse(
      'depends',
      `an iteration of ${last.name} would read elements of ${tensor.name} that other iterations store`,
      [last.id],
    )
  const first = (stores[0] as LeafPath).leaf.index
  const leaving = outOfBoundsLoads(nest)
  const lengths: (number | undefined)[] = []
  for (const [dimension, extent] of tensor.dims.entries()) {
    const outer = affine.part(first[dimension] as Affine, id => shared.has(id))
    const isWalked = outer.terms.size > 0
    const rest = (a: Affine): Affine => affine.add(a, affine.scale(outer, -1))
    const leaves = reads.some(({ load, leaf, around }) => {
      const at = load.index[dimension] as Subscript
      return leaving.has(leaf.stage, tensor.name) && isAffine(at) && !isInBounds(nest, leaf, around, at, extent)
    })
    if (!isWalked) {
      const whole = constantExtent(nest, extent)
      if (leaves) return refuse('accesses-differ', `${tensor.name} is read outside its elements in some iterations`)
      if (whole === undefined) return openTile(tensor, extent, merged)
      lengths.push(Math.max(1, whole))
      continue
    }
    const written = stores.map(({ leaf, around }) => countFromZero(nest, rest(leaf.index[dimension] as Affine), around))
    const [length] = written
    if (length === undefined || written.some(count => count !== length)) {
      const open = flatMap(stores, ({ around }) => around).find(l => constantExtent(nest, l.extent) === undefined)
      return open === undefined
        ? refuse(
            'accesses-differ',
            `the elements of ${tensor.name} that an iteration of ${last.name} stores are not neighbours`,
            [last.id],
          )
        : openTile(tensor, open.extent, merged)
    }
    const isInside = reads.every(({ load, around }) => {
      const at = load.index[dimension] as Subscript
      return isAffine(at) && staysBelow(nest, rest(at), around, length)
    })
    if (!isInside || (leaves && length > 1)) return others()
    lengths.push(length === 1 ? undefined : length)
  }
  const outers = first.map(a => affine.part(a, id => shared.has(id)))
  return {
    dims: lengths.filter(length => length !== undefined),
    within: index =>
      flatMap(index, (s, i) => {
        if (lengths[i] === undefined) return []
        return [isAffine(s) ? (affine.add(s, affine.scale(outers[i] as Affine, -1)) as typeof s) : s]
      }),
  }
}

function openTile({ name, role }: Buffer, extent: Extent, { last, shared }: Merged): Refusal {
  const size = typeof extent === 'number' ? '' : extent.size
  const instead =
    role === 'temporary'
      ? `, or write ${name} as a plain function instead of a temporary, which is computed where it is used and takes no memory`
      : ''
  return refuse(
    'not-constant',
    `an iteration of ${last.name} reads ${affine.printExtent(extent)} elements of ${name}, a number known only at launch, so no tile can hold them: fix ${size} at compile time${instead}`,
    [last.id],
    [`loops=${shared.size + 1}`],
  )
}

/** The most elements of a tile. */
const longestTile = 1 << 16

function whyNotKept(
  { dims }: Tile,
  { name }: Buffer,
  reads: readonly Read[],
  last: Loop,
  memory: 'register' | 'shared' | undefined,
): Refusal | undefined {
  if (dims.length === 0) return undefined
  const elements = dims.reduce((product, length) => product * length, 1)
  if (memory === undefined)
    return refuse(
      'depends',
      `an iteration of ${last.name} reads several of the ${elements} elements of ${name} that it stores; memory= says where to keep them until then`,
      [last.id],
      ['memory=register', 'memory=shared'],
    )
  if (elements > longestTile)
    return refuse(
      'over-limit',
      `the tile of ${name} would have ${elements} elements; at most ${longestTile} fit on chip`,
      [last.id],
    )
  if (memory === 'register' && reads.some(({ load }) => !load.index.every(isAffine)))
    return refuse(
      'accesses-differ',
      `${name} is read at an index that depends on the data, and registers have no address`,
      [last.id],
      ['memory=shared'],
    )
  return undefined
}

/** The number of values of an index, if they are 0, 1, 2 … without gaps. */
function countFromZero(nest: Nest, { constant, terms }: Affine, around: readonly Loop[]): number | undefined {
  let count = 1
  for (const [id, c] of [...terms].sort(([, a], [, b]) => a - b)) {
    const loop = around.find(l => l.id === id)
    const extent = loop && constantExtent(nest, loop.extent)
    if (extent === undefined || c < 1 || c > count) return undefined
    count += c * Math.max(0, extent - 1)
  }
  return constant === 0 ? count : undefined
}

/** Whether `0 ≤ index < below` in every iteration. */
function staysBelow(nest: Nest, { constant, terms }: Affine, around: readonly Loop[], below: number): boolean {
  let [low, high] = [constant, constant]
  for (const [id, c] of terms) {
    const loop = around.find(l => l.id === id)
    const extent = loop && constantExtent(nest, loop.extent)
    if (extent === undefined) return false
    const end = c * Math.max(0, extent - 1)
    low += Math.min(0, end)
    high += Math.max(0, end)
  }
  return low >= 0 && high < below
}
