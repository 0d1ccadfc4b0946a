/** Results on their way out through shared memory: whoever computes an element, one thread writes each whole word. */
import {
  type Affine,
  affine,
  type Buffer,
  type Extent,
  elementsPerUnit,
  type Guard,
  type Loop,
  loadsOf,
  type Nest,
  type Statement,
  type StorageType,
  type Store,
  storageTypes,
} from '@qernel/dsl'
import { constantExtent } from './guards.ts'
import { freshName } from './loop-selection.ts'
import { type Refusal, refuse } from './refusal.ts'
import { leavesOf, mapLeaves, replaceLoopIn } from './statements.ts'

/** The elements of one dimension that are written below a loop: `outer + 0 … outer + count − 1`. */
interface Region {
  readonly outer: Affine
  readonly inner: Affine
  readonly count: number
  readonly axis: string
}

/**
 *   grid.x g in G/8                      grid.x g in G/8
 *     block.y g_in in 8                    shared scale_tile: f32[8]
 *       scale[8·g + g_in] = …       →      block.y g_in in 8:  scale_tile[g_in] = …
 *                                          scale_out in 4:  vector scale_vec in 2:  scale[8·g + 2·scale_out + scale_vec] = scale_tile[…]
 *
 * @param around the loops around `at`, outermost first
 */
export function cacheStores(nest: Nest, bufferName: string, at: Loop, around: readonly Loop[]): Nest | Refusal {
  const target = nest.buffers.get(bufferName) as Buffer
  const top = around[0] ?? at
  if (leavesOf([top]).some(({ leaf }) => loadsOf(leaf.value).some(load => load.buffer === bufferName)))
    return refuse(
      'written-inside',
      `${bufferName} is read where it is written, so its elements cannot wait in a tile`,
      [at.id],
    )
  const writers = leavesOf(at.body, [...around, at]).filter(({ leaf }) => leaf.buffer === bufferName)
  const [writer] = writers
  if (writer === undefined || writers.length > 1 || writer.leaf.kind !== 'store')
    return refuse('accesses-differ', `${bufferName} is written in several places below ${at.name}`, [at.id])
  const store = writer.leaf
  const inside = writer.around.slice(writer.around.indexOf(at) + 1)
  const grid = inside.find(l => l.mode.startsWith('grid'))
  if (grid !== undefined)
    return refuse(
      'not-nested',
      `${grid.name} inside is ${grid.mode}; a tile in shared memory belongs to one workgroup`,
      [grid.id],
      [`at=${grid.name}`],
    )
  const regions: Region[] = []
  for (const index of store.index) {
    const region = regionOf(nest, store, index, inside)
    if ('refused' in region) return region
    regions.push(region)
  }
  const unit = target.type.bits < 32 ? elementsPerUnit(target.type) : 1
  const last = regions.at(-1) as Region
  if (last.count % unit !== 0 || [...last.outer.terms.values()].some(c => c % unit !== 0))
    return refuse(
      'word-split',
      `${last.count} neighbouring elements of ${bufferName} are written below ${at.name}, which is not whole words of ${unit} ${target.type.name}`,
      [at.id],
      around.filter(l => l.mode.startsWith('grid')).map(l => `at=${l.name}`),
    )

  const tile = freshName(nest, `${bufferName}_tile`, {})
  const kept = regions.filter(region => region.inner.terms.size > 0)
  const type = storageTypes.get(target.type.compute) as StorageType
  const dims = kept.map(region => region.count)
  const buffer: Buffer = { name: tile, memory: 'shared', role: 'local', type, dims, scope: at.id }
  const intoTile = (s: Statement): Statement =>
    mapLeaves([s], leaf =>
      leaf === store ? { ...store, buffer: tile, index: kept.map(region => region.inner) } : leaf,
    )[0] as Statement
  const { copy, nextLoop } = copyOut(nest, target, store, regions, unit, tile)
  const next = replaceLoopIn(nest, at.id, loop => {
    const position = loop.body.findIndex(s => leavesOf([s]).some(({ leaf }) => leaf === store))
    const body = loop.body.map(intoTile)
    return [{ ...loop, body: [...body.slice(0, position + 1), copy, ...body.slice(position + 1)] }]
  })
  return { ...next, buffers: new Map([...nest.buffers, [tile, buffer]]), nextLoop }
}

/** The loops that write the tile to where it belongs: whole words along the last dimension. */
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
    loops.push({ kind: 'loop', id, name, axis, mode, reduce: false, extent, body: [] })
    return affine.variable(id)
  }
  const name = freshName(nest, `${target.name}_out`, {})
  const walked = regions.map((region, dimension) => {
    if (region.inner.terms.size === 0) return affine.constant(0)
    if (dimension < regions.length - 1) return walk(`${name}_${dimension}`, region.axis, region.count, 'serial')
    const words = walk(name, region.axis, region.count / unit, 'serial')
    if (unit === 1) return words
    return affine.add(affine.scale(words, unit), walk(`${target.name}_vec`, region.axis, unit, 'vector'))
  })
  const index = regions.map((region, i) => affine.add(region.outer, walked[i] as Affine))
  const where: Guard[] = index.map((a, i) => ({
    axis: (regions[i] as Region).axis,
    index: a,
    below: target.dims[i] as Extent,
  }))
  const leaf: Store = {
    kind: 'store',
    stage: store.stage,
    buffer: target.name,
    index,
    value: {
      kind: 'load',
      type: target.type.compute,
      buffer: tile,
      index: walked.filter((_, i) => (regions[i] as Region).inner.terms.size > 0),
    },
    where,
  }
  const copy = loops.reduceRight<Statement>((body, l) => ({ ...l, body: [body] }), leaf)
  return { copy, nextLoop }
}

/** What the loops inside walk of a dimension; they must reach each element of a dense range. */
function regionOf(nest: Nest, store: Store, index: Affine, inside: readonly Loop[]): Region | Refusal {
  const inner = affine.part(index, id => inside.some(l => l.id === id))
  const outer = affine.add(index, affine.scale(inner, -1))
  const loops = [...inner.terms]
    .sort(([, a], [, b]) => a - b)
    .map(([id, c]) => ({ c, loop: inside.find(l => l.id === id) as Loop }))
  let count = 1
  for (const { c, loop } of loops) {
    const extent = constantExtent(nest, loop.extent)
    if (extent === undefined)
      return refuse(
        'not-constant',
        `${loop.name} has as many iterations as the launch says, and so would the tile have elements`,
        [loop.id],
      )
    if (c !== count || outer.constant !== 0)
      return refuse('accesses-differ', `what ${loop.name} writes is no range of neighbouring elements`, [loop.id])
    count *= Math.max(1, extent)
  }
  const axis = store.where.find(guard => affine.equals(guard.index, index))?.axis ?? loops[0]?.loop.axis ?? store.buffer
  return { outer, inner, count, axis }
}
