import {
  type Affine,
  affine,
  type Buffer,
  type Expr,
  type Extent,
  type Guard,
  isAffine,
  isBound,
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
import { flatMap } from '@qernel/dsl/internal'
import { isInBounds } from '../legality/bounds.ts'
import { outOfBoundsLoads } from '../legality/out-of-bounds-loads.ts'
import { type Refusal, refuse } from '../legality/refusal.ts'
import { constantExtent } from '../nest/guards.ts'
import { printAffine } from '../nest/print-nest.ts'
import { type Leaf, leavesOf, mapLeaf, pathTo, replaceLoopIn } from '../nest/statements.ts'
import { asFloat, isConversion, onlyConverts } from './converted-copies.ts'
import { freshName } from './loop-selection.ts'

/** Where a copy is made: in the body of `at`, just before the statement `before` (or first). */
export interface CachePlace {
  readonly at: LoopId
  /** Only loads below this statement are redirected; all statements of the body by default. */
  readonly before?: Statement
}

/**
 * Copies the elements of a global buffer that are read below a loop into a local buffer, and redirects the reads.
 * The copying loops repeat the loops inside `at` on which the access depends, so each thread copies what the same
 * thread would have loaded in the other statements, with the same vectors.
 */
export function cacheLoads(
  nest: Nest,
  bufferName: string,
  memory: 'shared' | 'register',
  place: CachePlace,
): Nest | Refusal {
  const source = nest.buffers.get(bufferName) as Buffer
  const at = pathTo(nest, place.at)
  if (at === undefined) throw new Error(`the nest has no loop ${place.at}`)
  const scope: readonly Statement[] = place.before === undefined ? at.loop.body : [place.before]
  const readers = flatMap(leavesOf(scope, [...at.around, at.loop]), ({ leaf, around }) =>
    loadsOf(leaf.value)
      .filter(load => load.buffer === bufferName)
      .map(load => ({ leaf, load, around })),
  )
  const [first] = readers
  if (first === undefined)
    return refuse(
      'no-such-buffer',
      `${at.loop.name} contains no load of ${bufferName}`,
      [place.at],
      loadedBelow(nest, scope),
    )
  if (leavesOf(scope).some(({ leaf }) => leaf.buffer === bufferName))
    return refuse('written-inside', `${bufferName} is written inside ${at.loop.name}, so a copy could be stale`, [
      place.at,
    ])
  if (first.load.index.some(s => !isAffine(s)))
    return refuse('accesses-differ', `${bufferName} is read at an index that depends on the data`, [place.at])
  const index = first.load.index as readonly Affine[]
  const backwards = index.findIndex(a => a.constant < 0 || [...a.terms.values()].some(c => c < 0))
  if (backwards >= 0) {
    const staysThere = isInBounds(
      nest,
      first.leaf,
      first.around,
      index[backwards] as Affine,
      source.dims[backwards] as Extent,
    )
    return refuse(
      'accesses-differ',
      staysThere
        ? `${bufferName} is read backwards, at ${printAffine(index[backwards] as Affine, new Map(first.around.map(l => [l.id, l.name])))}; only data that is read forwards can be copied`
        : `${bufferName} is read before its first element in some iterations`,
      [place.at],
    )
  }
  const inside = first.around.slice(first.around.indexOf(at.loop) + 1)
  const depends = inside.filter(l => index.some(a => affine.coefficient(a, l.id) !== 0))
  for (const { load, around } of readers)
    if (matchLoops(index, load.index, inside, around.slice(around.indexOf(at.loop) + 1)) === undefined)
      return refuse('accesses-differ', `${bufferName} is read at different places inside ${at.loop.name}`, [place.at])
  const leaving = outOfBoundsLoads(nest)
  const leaves = readers.some(
    ({ leaf, load, around }) =>
      leaving.has(leaf.stage, bufferName) &&
      load.index.some((s, i) => isAffine(s) && !isInBounds(nest, leaf, around, s, source.dims[i] as Extent)),
  )
  // The copy cannot hold out-of-bounds elements.
  if (leaves)
    return refuse('accesses-differ', `${bufferName} is read outside its elements in some iterations`, [place.at])

  // The copy has one dimension per loop that the access depends on, so it is dense for any strides.
  const unknown = depends.filter(l => constantExtent(nest, l.extent) === undefined)
  if (unknown.length > 0)
    return refuse(
      'not-constant',
      `the copy of ${bufferName} would have as many elements as ${unknown.map(l => l.name).join(', ')} has iterations, which is known only at launch`,
      unknown.map(l => l.id),
      unknown.map(l => `at=${l.name}`),
    )
  // For a size fixed to 0 the copy has one unused element, since no target has empty arrays.
  const dims = depends.map(l => Math.max(1, constantExtent(nest, l.extent) as number))
  const name = freshName(nest, memory === 'shared' ? `${bufferName}_tile` : `${bufferName}_reg`, {})
  // Codes that sums use as floats are converted once, by the copy.
  const converts = readers.every(({ leaf }) => leaf.kind === 'update' && onlyConverts(leaf, bufferName))
  const type = storageTypes.get(converts ? 'f32' : source.type.compute) as StorageType
  const holds = source.holds ?? source.type
  const buffer: Buffer = { name, memory, role: 'local', type, holds, dims, scope: place.at }

  // The copying loops are new loops with the names and modes of those they repeat.
  let nextLoop = nest.nextLoop
  const renamed = new Map<LoopId, LoopId>(depends.map(l => [l.id, nextLoop++]))
  const rename = (a: Affine): Affine => ({
    constant: a.constant,
    terms: new Map([...a.terms].map(([id, c]) => [renamed.get(id) ?? id, c])),
  })
  const stage = (leavesOf(scope)[0] as { leaf: Leaf }).leaf.stage
  const version = versionOf(readers, inside)
  const where: Guard[] = flatMap(index, (a, i) => {
    const below = source.dims[i] as Extent
    const isInside = (guards: readonly Guard[]) =>
      isInBounds(nest, { ...first.leaf, where: guards }, first.around, a, below)
    // A bound that loops ensure stays: a later step may let one of them run past its end.
    return isInside(version) && !isInside([])
      ? []
      : [{ axis: axisOf(a, first.around) ?? `${bufferName}.${i}`, index: rename(a), below }]
  })
  const fill: Store = {
    kind: 'store',
    stage,
    part: name,
    buffer: name,
    index: depends.map(l => rename(affine.variable(l.id))),
    value: converts
      ? asFloat({ ...first.load, index: index.map(rename) })
      : { ...first.load, index: index.map(rename) },
    where: [...where, ...version],
  }
  const copy = depends.reduceRight<Statement>(
    (body, l) => ({ ...parallel(l), id: renamed.get(l.id) as LoopId, body: [body] }),
    fill,
  )

  const redirect = (body: readonly Statement[], around: readonly Loop[]): readonly Statement[] =>
    body.map(s => {
      if (s.kind === 'loop') return { ...s, body: redirect(s.body, [...around, s]) }
      const toLocal = (e: Expr): Expr => {
        if (converts && isConversion(e, name)) return e.args[0] as Expr
        if (e.kind !== 'load' || e.buffer !== bufferName) return e
        const own = matchLoops(index, e.index, inside, around) as ReadonlyMap<LoopId, Loop | number>
        const subscript = (l: Loop): Affine => {
          const walker = own.get(l.id) as Loop | number
          return typeof walker === 'number' ? affine.constant(walker) : affine.variable(walker.id)
        }
        return { kind: 'load', type: type.compute, buffer: name, index: depends.map(subscript) }
      }
      return mapLeaf(s, a => a, toLocal)
    })
  const next = replaceLoopIn(nest, place.at, loop => {
    const start = place.before === undefined ? 0 : loop.body.indexOf(place.before)
    const end = place.before === undefined ? loop.body.length : start + 1
    return [
      {
        ...loop,
        body: [
          ...loop.body.slice(0, start),
          copy,
          ...redirect(loop.body.slice(start, end), []),
          ...loop.body.slice(end),
        ],
      },
    ]
  })
  return { ...next, buffers: new Map([...nest.buffers, [name, buffer]]), nextLoop }
}

/**
 * Maps each loop of the first reader to the corresponding loop of another reader: the same coefficient in the same
 * dimension, the same extent, the same threads. If there is none, the other reader may read a single iteration of it
 * (x[2·b], x[2·b + 1] beside x[2·b + half]), given as a number. Undefined if the two read different elements.
 */
function matchLoops(
  first: readonly Affine[],
  other: readonly Subscript[],
  insideFirst: readonly Loop[],
  insideOther: readonly Loop[],
): ReadonlyMap<LoopId, Loop | number> | undefined {
  const matched = new Map<LoopId, Loop | number>()
  for (const [dimension, a] of first.entries()) {
    const b = other[dimension]
    if (b === undefined || !isAffine(b)) return undefined
    const standing: { loop: Loop; stride: number }[] = []
    const walked = new Set<LoopId>()
    for (const [id, c] of a.terms) {
      const loop = insideFirst.find(l => l.id === id)
      if (loop === undefined) {
        if (b.terms.get(id) !== c) return undefined
        walked.add(id)
        continue
      }
      const alike = insideOther.filter(
        l =>
          b.terms.get(l.id) === c &&
          affine.sameExtent(l.extent, loop.extent) &&
          (l.mode === loop.mode || !(isThread(l) || isThread(loop))) &&
          (matched.get(id) ?? l) === l &&
          ![...matched].some(([known, taken]) => taken === l && known !== id),
      )
      const twin = alike.find(l => l.id === id) ?? alike.find(l => l.name === loop.name) ?? alike[0]
      if (twin !== undefined) {
        matched.set(id, twin)
        walked.add(twin.id)
      } else if (isThread(loop) || matched.has(id)) return undefined
      else standing.push({ loop, stride: c })
    }
    if ([...b.terms.keys()].some(id => !walked.has(id))) return undefined
    let distance = b.constant - a.constant
    for (const { loop, stride } of standing.sort((x, y) => y.stride - x.stride)) {
      const iteration = stride === 0 ? 0 : Math.floor(distance / stride)
      if (typeof loop.extent !== 'number' || iteration < 0 || iteration >= loop.extent) return undefined
      matched.set(loop.id, iteration)
      distance -= iteration * stride
    }
    if (distance !== 0) return undefined
  }
  return matched
}

/** The guards that select the version of peeled statements to which all readers belong. The copy belongs to it as well. */
function versionOf(readers: readonly { readonly leaf: Leaf }[], inside: readonly Loop[]): readonly Guard[] {
  const [first, ...others] = readers
  const isShared = (guard: Guard): boolean =>
    guard.peeled !== undefined &&
    !inside.some(({ id }) => guard.index.terms.has(id)) &&
    others.every(({ leaf }) =>
      leaf.where.some(
        other =>
          other.peeled === guard.peeled &&
          affine.equals(other.index, guard.index) &&
          affine.sameExtent(other.below, guard.below),
      ),
    )
  return first?.leaf.where.filter(isShared) ?? []
}

/** The loop without the reasons that keep its iterations in order. */
function parallel(loop: Loop): Loop {
  const { combine: _, ...rest } = loop
  return { ...rest, reduce: false, ordered: false }
}

const isThread = (loop: Loop): boolean => isBound(loop.mode)

/** The axis that an index walks, if all its loops belong to one. */
function axisOf(a: Affine, around: readonly Loop[]): string | undefined {
  const axes = new Set([...a.terms.keys()].map(id => around.find(l => l.id === id)?.axis))
  return axes.size === 1 ? [...axes][0] : undefined
}

const loadedBelow = (nest: Nest, body: readonly Statement[]): string[] => [
  ...new Set(
    flatMap(leavesOf(body), ({ leaf }) => loadsOf(leaf.value).map(load => load.buffer)).filter(
      name => nest.buffers.get(name)?.memory === 'global',
    ),
  ),
]
