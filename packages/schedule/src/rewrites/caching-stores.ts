/** Copies results out through shared memory or registers, so that one thread writes each whole word no matter which threads compute its elements. */
import {
  type Affine,
  affine,
  type Buffer,
  type Extent,
  type Guard,
  isBlock,
  isGrid,
  type Loop,
  loadsOf,
  type Nest,
  type Statement,
  type StorageType,
  type Store,
  storageTypes,
} from '@qernel/dsl'
import { elementsPerUnit, flatMap } from '@qernel/dsl/internal'
import { isImpliedByBounds } from '../legality/implied-guards.ts'
import { type Refusal, refuse } from '../legality/refusal.ts'
import { constantExtent, neededGuards } from '../nest/guards.ts'
import { leavesOf, mapLeaves, replaceLoopIn } from '../nest/statements.ts'
import { freshName } from './loop-selection.ts'

/** The most elements per thread: half of what WGSL allows for the variables of a function. */
const mostRegisters = 1024

/** The elements of one dimension that are written below a loop: `outer + 0 … outer + count − 1`. */
interface Region {
  readonly outer: Affine
  readonly count: number
  readonly isWalked: boolean
  /** Whether every store writes all of these elements. */
  readonly isShared: boolean
  readonly axis: string
}

/**
 *   grid.x g in G/8                      grid.x g in G/8
 *     block.y g_in in 8                    shared scale_tile: f32[8]
 *       scale[8·g + g_in] = …       →      block.y g_in in 8:  scale_tile[g_in] = …
 *                                          scale_out in 4:  vector scale_vec in 2:  scale[8·g + 2·scale_out + scale_vec] = scale_tile[…]
 *
 * With registers, no thread waits: each computes everything that it writes inside `at`.
 *
 * @param around the loops around `at`, outermost first
 */
export function cacheStores(
  nest: Nest,
  bufferName: string,
  memory: 'shared' | 'register',
  at: Loop,
  around: readonly Loop[],
): Nest | Refusal {
  const target = nest.buffers.get(bufferName) as Buffer
  const top = around[0] ?? at
  if (leavesOf([top]).some(({ leaf }) => loadsOf(leaf.value).some(load => load.buffer === bufferName)))
    return refuse(
      'written-inside',
      `${bufferName} is read where it is written, so its elements cannot be kept in a tile`,
      [at.id],
    )
  const writers = leavesOf(at.body, [...around, at]).filter(({ leaf }) => leaf.buffer === bufferName)
  // The fields of a record are separate stores that together fill one range.
  const stores = writers.map(({ leaf }) => leaf).filter(leaf => leaf.kind === 'store')
  const [store] = stores
  if (store === undefined || stores.length < writers.length)
    return refuse('accesses-differ', `${bufferName} is updated inside ${at.name}, so it is written more than once`, [
      at.id,
    ])
  const insides = writers.map(writer => writer.around.slice(writer.around.indexOf(at) + 1))
  const grid = insides.flat().find(l => isGrid(l.mode))
  if (grid !== undefined)
    return refuse(
      'not-nested',
      `it contains ${grid.name}, which is ${grid.mode}; a tile in shared memory belongs to one workgroup`,
      [grid.id],
      [`at=${grid.name}`],
    )
  const thread = insides.flat().find(l => isBlock(l.mode))
  if (memory === 'register' && thread !== undefined)
    return refuse(
      'not-owner',
      `${bufferName} is written inside ${at.name} by the threads of ${thread.name}, but registers belong to one thread; use shared memory to collect results of several threads`,
      [thread.id],
      [`at=${thread.name}`],
    )
  const regions: Region[] = []
  for (const dimension of store.index.keys()) {
    const parts: Part[] = []
    for (const [i, one] of stores.entries()) {
      const written = partOf(nest, one.index[dimension] as Affine, [...around, at], insides[i] as readonly Loop[])
      if ('refused' in written) return written
      parts.push(written)
    }
    const region = together(parts, store, dimension)
    if (region === undefined)
      return refuse(
        'accesses-differ',
        `the part of ${bufferName} that is written inside ${at.name} is not a range of neighbouring elements`,
        [at.id],
      )
    regions.push(region)
  }
  // Parts along two dimensions would cover only the corners of a rectangle.
  if (regions.filter(region => !region.isShared).length > 1)
    return refuse(
      'accesses-differ',
      `the part of ${bufferName} that is written inside ${at.name} is not a block of neighbouring elements`,
      [at.id],
    )
  // Stores of the same elements are versions of one store; any other store must write in every case.
  const versions = regions.every(region => region.isShared) ? [stores] : stores.map(one => [one])
  if (!versions.every(writeInEachCase))
    return refuse(
      'accesses-differ',
      `${bufferName} is written inside ${at.name} by only one of two versions; use a loop that contains both`,
      [at.id],
      around.filter(l => isGrid(l.mode)).map(l => `at=${l.name}`),
    )
  const hole = flatMap(writers, ({ leaf, around: path }) =>
    neededGuards(nest, leaf, path).map(guard => ({ guard, leaf })),
  ).find(({ guard, leaf }) => guard.peeled === undefined && !isImpliedByBounds(nest, leaf.index, target.dims, guard))
  // The copy writes every element in its range, so each of them must be in the tile.
  if (hole !== undefined)
    return refuse(
      'accesses-differ',
      `the part of ${bufferName} that is written inside ${at.name} has holes: only elements with ${hole.guard.axis} below ${affine.printExtent(hole.guard.below)} are written`,
      [at.id],
    )
  const unit = target.type.bits < 32 ? elementsPerUnit(target.type) : 1
  const last = regions.at(-1) as Region
  if ([last.count, last.outer.constant, ...last.outer.terms.values()].some(c => c % unit !== 0))
    return refuse(
      'word-split',
      `${last.count} neighbouring elements of ${bufferName} are written inside ${at.name}, which do not fill whole words of ${unit} ${target.type.name}`,
      [at.id],
      around.filter(l => isGrid(l.mode)).map(l => `at=${l.name}`),
    )

  const tile = freshName(nest, `${bufferName}_${memory === 'shared' ? 'tile' : 'reg'}`, {})
  const kept = [...regions.keys()].filter(dimension => (regions[dimension] as Region).isWalked)
  const type = storageTypes.get(target.type.compute) as StorageType
  const dims = kept.map(dimension => (regions[dimension] as Region).count)
  const buffer: Buffer = { name: tile, memory, role: 'local', type, dims, scope: at.id }
  const elements = dims.reduce((product, count) => product * count, 1)
  if (memory === 'register' && elements > mostRegisters)
    return refuse(
      'over-limit',
      `one thread would keep ${elements} elements of ${bufferName} in registers; at most ${mostRegisters} are allowed`,
      [at.id],
    )
  const intoTile = (s: Statement): Statement =>
    mapLeaves([s], leaf =>
      stores.includes(leaf as Store)
        ? { ...leaf, buffer: tile, index: kept.map(offsetIn(regions, leaf as Store, insides.flat())) }
        : leaf,
    )[0] as Statement
  const { copy, nextLoop } = copyOut(nest, target, store, regions, unit, tile)
  const next = replaceLoopIn(nest, at.id, loop => {
    const position = loop.body.findLastIndex(s => leavesOf([s]).some(({ leaf }) => stores.includes(leaf as Store)))
    const body = loop.body.map(intoTile)
    return [{ ...loop, body: [...body.slice(0, position + 1), copy, ...body.slice(position + 1)] }]
  })
  return { ...next, buffers: new Map([...nest.buffers, [tile, buffer]]), nextLoop }
}

/** Whether one of the stores always runs, whichever of the peeled versions is taken. */
function writeInEachCase(stores: readonly Store[]): boolean {
  const cases = (rest: readonly Store[]): boolean => {
    const condition = flatMap(rest, ({ where }) => where).find(guard => guard.peeled !== undefined)
    if (condition === undefined) return rest.length > 0
    const isSame = (guard: Guard) =>
      guard.peeled !== undefined &&
      affine.equals(guard.index, condition.index) &&
      affine.sameExtent(guard.below, condition.below)
    return (['whole', 'tail'] as const).every(which =>
      cases(
        rest
          .filter(({ where }) => where.every(guard => !isSame(guard) || guard.peeled === which))
          .map(one => ({ ...one, where: one.where.filter(guard => !isSame(guard)) })),
      ),
    )
  }
  return cases(stores)
}

/** The loops that write the tile to its destination: whole words along the last dimension. */
function copyOut(
  nest: Nest,
  target: Buffer,
  store: Store,
  regions: readonly Region[],
  unit: number,
  tile: string,
): { copy: Statement; nextLoop: number } {
  let nextLoop = nest.nextLoop
  const loops: Loop[] = []
  const walk = (name: string, axis: string, extent: number, mode: 'serial' | 'vector'): Affine => {
    const id = nextLoop++
    loops.push({ kind: 'loop', id, name, axis, mode, reduce: false, ordered: false, extent, body: [] })
    return affine.variable(id)
  }
  const name = freshName(nest, `${target.name}_out`, {})
  const walked = regions.map((region, dimension) => {
    if (!region.isWalked) return affine.constant(0)
    if (dimension < regions.length - 1) return walk(`${name}_${dimension}`, region.axis, region.count, 'serial')
    const words = walk(name, region.axis, region.count / unit, 'serial')
    if (unit === 1) return words
    return affine.add(affine.scale(words, unit), walk(`${target.name}_vec`, region.axis, unit, 'vector'))
  })
  const index = regions.map((region, i) => affine.add(region.outer, walked[i] as Affine))
  const guards = regions.map((region, i): Guard[] => [
    { axis: region.axis, index: index[i] as Affine, below: target.dims[i] as Extent },
    // Like any others, the loops of a copy may be split by a factor that does not divide them.
    ...(region.isWalked ? [{ axis: tile, index: walked[i] as Affine, below: region.count }] : []),
  ])
  const leaf: Store = {
    kind: 'store',
    stage: store.stage,
    part: name,
    buffer: target.name,
    index,
    value: {
      kind: 'load',
      type: target.type.compute,
      buffer: tile,
      index: walked.filter((_, i) => (regions[i] as Region).isWalked),
    },
    where: guards.flat(),
  }
  const copy = loops.reduceRight<Statement>((body, l) => ({ ...l, body: [body] }), leaf)
  return { copy, nextLoop }
}

/** The part of a dimension that one store writes: the elements `first … first + count − 1` from `outer`, an index made of loops with several iterations. */
interface Part {
  readonly outer: Affine
  readonly first: number
  /** Whether loops below the copy walk the dimension. */
  readonly isWalked: boolean
  readonly pieces: readonly Piece[]
}

/** A loop that walks a dimension in strides. */
interface Piece {
  readonly stride: number
  readonly extent: number
  readonly loop: Loop
}

function partOf(nest: Nest, index: Affine, around: readonly Loop[], inside: readonly Loop[]): Part | Refusal {
  const inner = affine.part(index, id => inside.some(l => l.id === id))
  const outer = affine.part(
    index,
    id => !inside.some(l => l.id === id) && constantExtent(nest, around.find(l => l.id === id)?.extent ?? 0) !== 1,
  )
  const pieces: Piece[] = []
  for (const [id, stride] of [...inner.terms].sort(([, a], [, b]) => a - b)) {
    const loop = inside.find(l => l.id === id) as Loop
    const extent = constantExtent(nest, loop.extent)
    if (extent === undefined)
      return refuse(
        'not-constant',
        `${loop.name} has a number of iterations that is known only at launch, so the size of the tile would be too`,
        [loop.id],
      )
    if (stride < 1)
      return refuse('accesses-differ', `the elements that ${loop.name} writes are not neighbours`, [loop.id])
    pieces.push({ stride, extent: Math.max(1, extent), loop })
  }
  return { outer, first: index.constant, isWalked: pieces.length > 0, pieces }
}

/** The most bytes that are checked one by one for being contiguous. */
const longestRange = 1 << 16

/**
 * The range that several stores fill along one dimension: either all write the same elements, or each its own part.
 * Undefined if they leave holes, overlap, or start at positions that do not differ by a constant.
 */
function together(parts: readonly Part[], store: Store, dimension: number): Region | undefined {
  const [one] = parts as [Part]
  if (!parts.every(part => affine.equals(part.outer, one.outer))) return undefined
  const sizes = parts.map(part => part.pieces.reduce((n, piece) => n * piece.extent, 1))
  if (sizes.some(size => size > longestRange)) return undefined
  const first = Math.min(...parts.map(part => part.first))
  const walked = parts.map(part => [...elementsOf(part)])
  const same = walked.every(elements => sameElements(elements, walked[0] as number[]))
  const written = (same ? walked.slice(0, 1) : walked).flat()
  if (new Set(written).size < written.length || Math.max(...written) - first >= written.length) return undefined
  const index = store.index[dimension] as Affine
  const axis =
    store.where.find(guard => affine.equals(guard.index, index))?.axis ?? one.pieces[0]?.loop.axis ?? store.buffer
  return {
    outer: affine.add(one.outer, affine.constant(first)),
    count: written.length,
    isWalked: !same || parts.some(part => part.isWalked),
    isShared: same,
    axis,
  }
}

const sameElements = (a: readonly number[], b: readonly number[]): boolean => {
  const known = new Set(b)
  return a.length === b.length && a.every(element => known.has(element))
}

function* elementsOf({ first, pieces }: Part): Generator<number> {
  const walk = function* (at: number, rest: readonly Piece[]): Generator<number> {
    const [piece, ...others] = rest
    if (piece === undefined) yield at
    else for (let i = 0; i < piece.extent; i++) yield* walk(at + i * piece.stride, others)
  }
  yield* walk(first, pieces)
}

/** The position of a store in the tile along one dimension, without the contribution of loops outside the copy. */
const offsetIn =
  (regions: readonly Region[], store: Store, inside: readonly Loop[]) =>
  (dimension: number): Affine => {
    const index = store.index[dimension] as Affine
    const walked = affine.part(index, id => inside.some(loop => loop.id === id))
    return { ...walked, constant: index.constant - (regions[dimension] as Region).outer.constant }
  }
