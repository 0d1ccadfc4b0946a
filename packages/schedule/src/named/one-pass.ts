/**
 * How the named schedules run a quantizer whose scale belongs to a row, a group or a block: scale and codes in one dispatch, so that the
 * data comes from memory once.
 *
 * Folding is shared: where a row is contiguous, the lanes of a workgroup fold its parts; where the elements of a group are rows apart, each
 * thread folds those of its own columns. Nothing here depends on the kernel but through its axes.
 */
import { type Axis, affine, type Kernel, loadsOf, type Stage } from '@qernel/dsl'
import { flatMap, nameOfStage } from '@qernel/dsl/internal'
import { sequence } from '../steps/schedule.ts'
import type { Step } from '../steps/transform.ts'
import { bind } from '../transforms/bind.ts'
import { cache } from '../transforms/cache.ts'
import { coarsen } from '../transforms/coarsen.ts'
import { fuse } from '../transforms/fuse.ts'
import { predicate } from '../transforms/predicate.ts'
import { reorder } from '../transforms/reorder.ts'
import { split } from '../transforms/split.ts'
import { splitReduction } from '../transforms/split-reduction.ts'
import { tile } from '../transforms/tile.ts'
import { unroll } from '../transforms/unroll.ts'
import { vectorize } from '../transforms/vectorize.ts'
import { isField } from './record-schedule.ts'
import { foldsNeighbours, foldsOf, isRagged, lastAxis, length, part, unitOf } from './stage-shape.ts'

/** Threads per workgroup that every device supports. */
const mostThreads = 256
/** Lanes that fold a row whose length is a size. */
const lanesOfRow = 32
/** Elements that a thread keeps in registers. */
const keptElements = 32
/** The most bytes of a number that a record stores beside its codes. */
const parameterBytes = 4

/** Stages that compute a few numbers per row or group, and the stage that uses them for its elements. */
interface OnePass {
  readonly kernel: Kernel
  readonly producers: readonly Stage[]
  readonly elements: Stage
  /** The axes that all stages share, named as in the first. */
  readonly shared: readonly Axis[]
  /** The axis of the elements of a row or group, in the last stage. */
  readonly folded: Axis
  /** The names of that axis in all stages. */
  readonly names: readonly string[]
  readonly foldsNeighbours: boolean
}

function onePassOf(kernel: Kernel): OnePass | undefined {
  const producers = kernel.stages.slice(0, -1)
  const elements = kernel.stages.at(-1)
  const [first] = producers
  const folds = flatMap(producers, foldsOf)
  const [fold] = folds
  if (elements === undefined || first === undefined || fold === undefined) return undefined
  const shared = first.axes
  const innermost = (fold.axes.at(-1) as Axis).extent
  const folded = elements.axes.findLast(({ extent }) => affine.sameExtent(extent, innermost))
  const fits =
    folded !== undefined &&
    elements.axes.length === shared.length + 1 &&
    foldsOf(elements).length === 0 &&
    producers.every(({ axes }) => axes.slice(shared.length).every(axis => length(axis) <= parameterBytes)) &&
    folds.every(({ axes }) => affine.sameExtent((axes.at(-1) as Axis).extent, innermost))
  if (!fits) return undefined
  const names = [...new Set([folded.name, ...folds.map(({ axes }) => (axes.at(-1) as Axis).name)])]
  return { kernel, producers, elements, shared, folded, names, foldsNeighbours: foldsNeighbours(fold) }
}

/**
 * The steps to try, in this order; the kernel may refuse any.
 *
 * @param wide whether a thread loads and stores neighbouring elements in one access
 */
export function onePasses(kernel: Kernel, wide: boolean): readonly (readonly Step[])[] {
  const pass = onePassOf(kernel)
  if (pass === undefined) return []
  if (isField(kernel, pass.elements)) return [records(pass)]
  if (!pass.foldsNeighbours || pass.folded !== lastAxis(pass.elements))
    return [16, 4].map(words => columns(pass, wide, words))
  return [...(wide ? [] : [lanes(pass, 1)]), lanes(pass, wide ? 'wide' : 'words'), threadPerGroup(pass, wide)]
}

/**
 * Rows whose length is a size, of any length and alignment: 128 threads read a row twice, eight elements of each thread at once, and single elements only at
 * the end of a row. Fewer threads would have so many rows under way that the second reading no longer finds them in the cache. No steps if
 * something is summed, because the order would differ.
 */
export function deepRows(kernel: Kernel): readonly Step[] {
  const pass = onePassOf(kernel)
  if (pass === undefined || !pass.foldsNeighbours || isField(kernel, pass.elements)) return []
  const { elements, shared, folded, names, producers } = pass
  const [row] = shared
  const folding = producers.filter(stage => foldsOf(stage).length > 0)
  const isOpen = typeof folded.extent !== 'number' && folded === lastAxis(elements) && shared.length === 1
  if (!isOpen || row === undefined || flatMap(folding, foldsOf).some(({ op }) => op === 'sum')) return []
  const threads = mostThreads / 2
  const together = 8
  const stage = nameOfStage(elements)
  return sequence(
    fuseAll(pass),
    tile({ [row.name]: mostThreads / threads }),
    names.map(name => splitReduction({ [name]: threads, combine: 'shared' })),
    split({ loop: folded.name, by: threads * together, stage }),
    bind({
      [`${row.name}_in`]: 'block.y',
      ...Object.fromEntries(names.map(name => [`${name}_in`, 'block.x'])),
    }),
    coarsen({ [folded.name]: together, stage }),
    flatMap(folding, producer =>
      [...new Set(foldsOf(producer).map(({ axes }) => (axes.at(-1) as Axis).name))].map(name =>
        split({ loop: name, by: together, inner: 'k', stage: nameOfStage(producer) }),
      ),
    ),
    unroll({ loop: 'k' }),
    names.map(name => predicate({ [name]: 'peel' })),
  )
}

const fuseAll = ({ producers, elements, shared }: OnePass): readonly Step[] => {
  const [first, ...others] = [...producers, elements].map(nameOfStage) as [string, ...string[]]
  return others.map(consumer => fuse({ producer: first, consumer, loops: shared.length }))
}

/** The elements of a word of the results that have one number per row or group. */
const wordOfParameters = ({ kernel, producers, shared }: OnePass): number =>
  Math.max(...producers.map(stage => (stage.axes.length === shared.length ? unitOf(kernel, stage) : 1)))

const vectors = (axis: string, width: number, wide: boolean): Step =>
  vectorize({ [axis]: width, ...(wide ? {} : { access: 1 }) })

/** The lanes of a workgroup fold a row, or the fewest that have 4 elements each fold a group. */
function lanes(pass: OnePass, access: 1 | 'words' | 'wide'): readonly Step[] {
  const { kernel, elements, shared, folded, names } = pass
  const isGroup = typeof folded.extent === 'number'
  const width = access === 1 ? 1 : Math.max(4, unitOf(kernel, elements))
  const count = isGroup ? powerOfTwo(part(folded, mostThreads, Math.max(4, width))) : lanesOfRow
  const words = access === 1 ? 1 : wordOfParameters(pass)
  const [outer, group] = isGroup && shared.length > 1 ? shared.slice(-2) : [shared[0]]
  const groups = 4
  const rows =
    group === undefined ? Math.max(1, mostThreads / count) : Math.max(1, Math.min(8, mostThreads / count / groups))
  const rowAxis = outer as Axis
  return sequence(
    fuseAll(pass),
    tile({ [rowAxis.name]: rows, ...(group === undefined ? {} : { [group.name]: groups }) }),
    words > 1 && vectorize({ [(shared.at(-1) as Axis).name]: words, access: 1 }),
    names.map(name => splitReduction({ [name]: count * width, combine: 'shared' })),
    split({ loop: folded.name, by: count * width, stage: nameOfStage(elements) }),
    width > 1 && names.map(name => vectors(name, width, access === 'wide')),
    bind({
      ...(group === undefined
        ? rows > 1 && { [`${rowAxis.name}_in`]: 'block.y' }
        : { ...(rows > 1 && { [`${rowAxis.name}_in`]: 'block.z' }), [`${group.name}_in`]: 'block.y' }),
      ...Object.fromEntries(names.map(name => [`${name}_in`, 'block.x'])),
    }),
    group !== undefined &&
      width * words <= 2 * keptElements &&
      dataOf(pass).map(buffer => cache({ buffer, memory: 'register', at: `${group.name}_in` })),
    access === 'wide' && isRagged(elements) && predicate({ [folded.name]: 'assume', multiple: width }),
  )
}

/** The largest power of two that is not larger. */
const powerOfTwo = (count: number): number => 2 ** Math.floor(Math.log2(count))

/** Folds that must keep their order: one thread per group, which keeps the elements in registers. */
function threadPerGroup(pass: OnePass, wide: boolean): readonly Step[] {
  const { kernel, elements, shared, folded } = pass
  if (typeof folded.extent !== 'number' || folded.extent > keptElements || shared.length < 2) return []
  const [outer, group] = shared.slice(-2) as [Axis, Axis]
  const words = wordOfParameters(pass)
  const unit = unitOf(kernel, elements)
  return sequence(
    fuseAll(pass),
    tile({ [outer.name]: mostThreads / 8, [group.name]: 8 }),
    words > 1 && vectorize({ [group.name]: words, access: 1 }),
    dataOf(pass).map(buffer => cache({ buffer, memory: 'register', at: `${group.name}_in` })),
    unit > 1 && vectorize({ [folded.name]: unit, ...(wide ? {} : { access: 1 }), stage: nameOfStage(elements) }),
  )
}

/**
 * Groups whose elements are rows apart: a thread has the neighbouring columns of a word over a few rows, which it keeps in registers, and the
 * lanes of a group combine.
 *
 * @param words the words along a row that a workgroup takes
 */
function columns(pass: OnePass, wide: boolean, words: number): readonly Step[] {
  const { kernel, elements, shared, folded, names } = pass
  const last = lastAxis(elements)
  const rows = folded.extent
  if (folded === last || typeof rows !== 'number' || shared.length < 2) return []
  const width = Math.max(4, ...kernel.stages.map(stage => unitOf(kernel, stage)))
  const lanes = powerOfTwo(Math.max(1, Math.min(rows, 64, (width * rows) / keptElements)))
  const order = [...elements.axes.filter(axis => axis !== folded), folded].map(({ name }) => name)
  const [group] = shared.slice(-2) as [Axis, Axis]
  return sequence(
    reorder({ order: order.join('.'), stage: nameOfStage(elements) }),
    fuseAll(pass),
    split({ loop: last.name, by: width * Math.min(words, mostThreads / lanes) }),
    vectors(last.name, width, wide),
    lanes > 1 && names.map(name => splitReduction({ [name]: lanes, combine: 'shared' })),
    lanes > 1 && split({ loop: folded.name, by: lanes, stage: nameOfStage(elements) }),
    bind({
      [group.name]: 'grid.y',
      [last.name]: 'grid.x',
      [`${last.name}_in`]: 'block.y',
      ...(lanes > 1 && Object.fromEntries(names.map(name => [`${name}_in`, 'block.x']))),
    }),
    dataOf(pass).map(buffer => cache({ buffer, memory: 'register', at: `${last.name}_in` })),
    wide && isRagged(elements) && predicate({ [last.name]: 'assume' }),
  )
}

/** Records of constant length: a few per workgroup, collected in shared memory and stored from there as words. */
function records(pass: OnePass): readonly Step[] {
  const { producers, elements, shared, folded, names } = pass
  const lanes = powerOfTwo(part(folded, mostThreads, 4))
  const [record, ...rows] = [...shared].reverse() as [Axis, ...Axis[]]
  if (typeof folded.extent !== 'number' || rows.length > 2) return []
  const together = Math.max(4, 64 / lanes)
  const others = producers.flatMap(({ axes }) => axes.slice(shared.length).map(({ name }) => name))
  return sequence(
    fuseAll(pass),
    split({ loop: record.name, by: together }),
    names.map(name => splitReduction({ [name]: lanes, combine: 'shared' })),
    split({ loop: folded.name, by: lanes, stage: nameOfStage(elements) }),
    bind({
      ...Object.fromEntries(rows.map(({ name }, i) => [name, i === 0 ? 'grid.y' : 'grid.z'])),
      [record.name]: 'grid.x',
      [`${record.name}_in`]: 'block.y',
      ...Object.fromEntries([...names.map(name => `${name}_in`), ...others].map(name => [name, 'block.x'])),
    }),
    dataOf(pass).map(buffer => cache({ buffer, memory: 'register', at: `${record.name}_in` })),
    cache({ buffer: elements.tensor, memory: 'shared', at: record.name }),
    split({ loop: `${elements.tensor}_out`, by: together * lanes, inner: 'word_y' }),
    split({ loop: 'word_y', by: lanes, inner: 'word' }),
    bind({ word_y: 'block.y', word: 'block.x' }),
  )
}

/** The inputs that are folded. */
function dataOf({ kernel, producers }: OnePass): readonly string[] {
  const read = new Set(flatMap(flatMap(producers, foldsOf), ({ body }) => loadsOf(body).map(({ buffer }) => buffer)))
  return kernel.tensors.flatMap(({ name, role }) => (role === 'input' && read.has(name) ? [name] : []))
}
