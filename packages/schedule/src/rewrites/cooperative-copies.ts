/** Copies into shared memory that all threads of the workgroup make together. */
import {
  type Affine,
  affine,
  type Buffer,
  type Expr,
  type Extent,
  type Guard,
  isAffine,
  isBlock,
  isGrid,
  type Loop,
  type LoopMode,
  loadsOf,
  type Nest,
  type Statement,
  type StorageType,
  type Store,
  type Subscript,
  storageTypes,
} from '@qernel/dsl'
import { flatMap } from '@qernel/dsl/internal'
import { isInBounds } from '../legality/bounds.ts'
import { areIndependent } from '../legality/iterations.ts'
import { outOfBoundsLoads } from '../legality/out-of-bounds-loads.ts'
import { isRefusal, type Refusal, refuse } from '../legality/refusal.ts'
import { workgroupOf } from '../nest/dispatches.ts'
import { leavesOf, loopsOf, mapLeaf, mapLeaves, replaceLoopIn } from '../nest/statements.ts'
import { asFloat, isConversion, onlyConverts } from './converted-copies.ts'
import { growLocals } from './local-dims.ts'
import { freshName } from './loop-selection.ts'
import { type Read, type Span, spanOf } from './read-spans.ts'

/** The most elements of a copy, as of a tile that stages hand over. */
const longestCopy = 1 << 16
/** Bytes of the widest access. */
const widest = 16

/**
 *   grid.x t                                     grid.x t
 *     block.x d in 128:  y[t, d] = lut[x[t, d]]  →   shared lut_tile: f32[256]
 *                                                    block.x lut_tile_x in 64 · vector lut_tile_vec in 4:  lut_tile[4·x + vec] = lut[4·x + vec]
 *                                                    block.x d in 128:  y[t, d] = lut_tile[x[t, d]]
 *
 * Along each dimension the copy holds the range that all loads inside the loop read, or all of it where an index depends on the data.
 *
 * @param around the loops around `at`, outermost first
 */
export function copyByThreads(nest: Nest, bufferName: string, at: Loop, around: readonly Loop[]): Nest | Refusal {
  const source = nest.buffers.get(bufferName) as Buffer
  const outside = [...around, at]
  const reads = flatMap(leavesOf(at.body, outside), (path): Read[] =>
    flatMap(loadsOf(path.leaf.value), load => (load.buffer === bufferName ? [{ ...path, load }] : [])),
  )
  const problem = whyNot(nest, bufferName, reads, at, around)
  if (problem !== undefined) return problem
  const spans: Span[] = []
  for (const dimension of source.dims.keys()) {
    const span = spanOf(nest, source, dimension, reads, outside)
    if (isRefusal(span)) return span
    spans.push(span)
  }
  const elements = spans.reduce((product, { count }) => product * count, 1)
  if (elements > longestCopy)
    return refuse(
      'over-limit',
      `the copy of ${bufferName} would have ${elements} elements; at most ${longestCopy} fit on chip`,
      [at.id],
    )
  const converts = reads.every(({ leaf }) => leaf.kind === 'update' && onlyConverts(leaf, bufferName))
  const type = storageTypes.get(converts ? 'f32' : source.type.compute) as StorageType
  const name = freshName(nest, `${bufferName}_tile`, {})
  const kept = [...spans.keys()].filter(dimension => (spans[dimension] as Span).isKept)
  const dims = kept.map(dimension => (spans[dimension] as Span).count)
  const within = (index: readonly Subscript[]): Subscript[] =>
    kept.map(dimension => {
      const s = index[dimension] as Subscript
      return isAffine(s) ? affine.add(s, affine.scale((spans[dimension] as Span).base, -1)) : s
    })
  const toTile = (e: Expr): Expr => {
    if (converts && isConversion(e, name)) return e.args[0] as Expr
    if (e.kind !== 'load' || e.buffer !== bufferName) return e
    return { kind: 'load', type: type.compute, buffer: name, index: within(e.index) }
  }
  const { loops, index, nextLoop } = walk(nest, name, dims, lanesOf(source.type, spans, kept), threadsOf(nest, outside))
  const from = spans.map(({ base }, dimension) => {
    const place = kept.indexOf(dimension)
    return place < 0 ? base : affine.add(base, index[place] as Affine)
  })
  const first = reads[0] as Read
  const load: Expr = { ...first.load, index: from }
  const guards = from.map(
    (a, i): Guard => ({ axis: axisOf(a, outside) ?? `${bufferName}.${i}`, index: a, below: source.dims[i] as Extent }),
  )
  const fill: Store = {
    kind: 'store',
    stage: first.leaf.stage,
    part: name,
    buffer: name,
    index,
    value: converts ? asFloat(load) : load,
    where: [...guards, ...index.map((a, i): Guard => ({ axis: `${name}.${i}`, index: a, below: dims[i] as number }))],
  }
  const copy = loops.reduceRight<Statement>((body, l) => ({ ...l, body: [body] }), fill)
  const buffer: Buffer = {
    name,
    memory: 'shared',
    role: 'local',
    type,
    holds: source.holds ?? source.type,
    dims,
    scope: at.id,
  }
  const next = replaceLoopIn(nest, at.id, loop => [
    { ...loop, body: [copy, ...mapLeaves(loop.body, leaf => mapLeaf(leaf, a => a, toTile))] },
  ])
  return growLocals({ ...next, buffers: new Map([...nest.buffers, [name, buffer]]), nextLoop })
}

function whyNot(
  nest: Nest,
  bufferName: string,
  reads: readonly Read[],
  at: Loop,
  around: readonly Loop[],
): Refusal | undefined {
  if (reads.length === 0) return refuse('no-such-buffer', `${at.name} contains no load of ${bufferName}`, [at.id])
  if (leavesOf(at.body).some(({ leaf }) => leaf.buffer === bufferName))
    return refuse('written-inside', `${bufferName} is written inside ${at.name}, so a copy could be stale`, [at.id])
  const inside = flatMap(reads, read => read.around.slice(around.length + 1))
  const grid = inside.find(l => isGrid(l.mode))
  if (grid !== undefined)
    return refuse(
      'not-nested',
      `it contains ${grid.name}, which is ${grid.mode}; a copy in shared memory belongs to one workgroup`,
      [grid.id],
      [`at=${grid.name}`],
    )
  if (threadsOf(nest, [...around, at]).length === 0) {
    const free = loopsOf(at.body).filter(({ loop }) => loop.mode === 'serial' && areIndependent(loop))
    return refuse(
      'not-bound',
      `no threads run the loops inside ${at.name} yet; bind them first, then copy`,
      [at.id],
      [...new Set(free.map(({ loop }) => `bind(${loop.name}=block.x)`))],
    )
  }
  const leaving = outOfBoundsLoads(nest)
  const source = nest.buffers.get(bufferName) as Buffer
  const leaves = reads.some(
    ({ leaf, load, around: path }) =>
      leaving.has(leaf.stage, bufferName) &&
      load.index.some((s, i) => isAffine(s) && !isInBounds(nest, leaf, path, s, source.dims[i] as Extent)),
  )
  // The copy cannot hold out-of-bounds elements.
  if (leaves) return refuse('accesses-differ', `${bufferName} is read outside its elements in some iterations`, [at.id])
  return undefined
}

/** The threads of the workgroup along each dimension that has several: x first. */
function threadsOf(nest: Nest, outside: readonly Loop[]): readonly Threads[] {
  const [top] = outside as [Loop]
  const along = workgroupOf(nest, [top, ...loopsOf(top.body).map(({ loop }) => loop)])
  const modes = (['block.x', 'block.y', 'block.z'] as const).map((mode, i) => ({ mode, count: along[i] as number }))
  return modes.filter(({ mode, count }) => count > 1 && isBlock(mode))
}

interface Threads {
  readonly mode: LoopMode
  readonly count: number
}

/** Elements of one access: as many as 16 bytes hold, if the range of the last dimension divides into them. */
function lanesOf({ bits }: StorageType, spans: readonly Span[], kept: readonly number[]): number {
  const last = spans.length - 1
  if (!kept.includes(last)) return 1
  let lanes = 2 ** Math.floor(Math.log2((8 * widest) / bits))
  while ((spans[last] as Span).count % lanes !== 0) lanes /= 2
  return lanes
}

/** The loops that walk a copy, and its index. Each dimension of the workgroup goes to that dimension of the copy where most threads take part. */
function walk(
  nest: Nest,
  name: string,
  dims: readonly number[],
  lanes: number,
  threads: readonly Threads[],
): { loops: readonly Loop[]; index: readonly Affine[]; nextLoop: number } {
  let nextLoop = nest.nextLoop
  if (dims.length === 0) return { loops: [], index: [], nextLoop }
  const loops: Loop[] = []
  const loop = (suffix: string, axis: string, mode: LoopMode, extent: number): Affine => {
    const id = nextLoop++
    loops.push({
      kind: 'loop',
      id,
      name: `${axis}_${suffix}`,
      axis,
      mode,
      reduce: false,
      ordered: false,
      extent,
      body: [],
    })
    return affine.variable(id)
  }
  const pieces = dims.map((count, i) => (i === dims.length - 1 ? count / lanes : count))
  const owners = bestOwners(pieces, threads)
  const index = pieces.map((count, i) => {
    const axis = dims.length === 1 ? name : `${name}_${i}`
    let rest = count
    const own = threads.flatMap((one, t): Threads[] => {
      if (owners[t] !== i) return []
      const taken = Math.min(one.count, rest)
      rest = Math.ceil(rest / taken)
      return taken === 1 ? [] : [{ ...one, count: taken }]
    })
    let place = rest === 1 ? affine.constant(0) : loop('step', axis, 'serial', rest)
    for (const { mode, count: extent } of [...own].reverse())
      place = affine.add(affine.scale(place, extent), loop(mode.slice(-1), axis, mode, extent))
    return place
  })
  if (lanes === 1) return { loops, index, nextLoop }
  const vector = loop('vec', dims.length === 1 ? name : `${name}_${dims.length - 1}`, 'vector', lanes)
  const last = affine.add(affine.scale(index.at(-1) as Affine, lanes), vector)
  return { loops, index: [...index.slice(0, -1), last], nextLoop }
}

/** For each dimension of the workgroup, the dimension of the copy that it walks: with the fewest steps in a row, and x along neighbours. */
function bestOwners(pieces: readonly number[], threads: readonly Threads[]): readonly number[] {
  const choices = [...pieces.keys()].reverse()
  const all = threads.reduce<readonly (readonly number[])[]>(
    owners => flatMap(owners, some => choices.map(i => [...some, i])),
    [[]],
  )
  const stepsOf = (owners: readonly number[]): number =>
    pieces.reduce((product, count, i) => {
      const lanes = threads.reduce((n, { count: own }, t) => (owners[t] === i ? n * own : n), 1)
      return product * Math.ceil(count / lanes)
    }, 1)
  return all.reduce((best, owners) => (stepsOf(owners) < stepsOf(best) ? owners : best))
}

/** The axis that an index walks, if all its loops belong to one. */
function axisOf(a: Affine, around: readonly Loop[]): string | undefined {
  const axes = new Set(flatMap(around, l => (a.terms.has(l.id) ? [l.axis] : [])))
  return axes.size === 1 ? [...axes][0] : undefined
}
