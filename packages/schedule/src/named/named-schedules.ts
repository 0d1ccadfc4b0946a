/** The four schedules of arXiv 2601.04719, for any kernel, written only with the transforms. */
import { type Axis, affine, isAffine, type Kernel, loadsOf, type Stage, type Subscript, visitExpr } from '@qernel/dsl'
import { elementsPerUnit, flatMap, nameOfStage } from '@qernel/dsl/internal'
import type { Schedule } from '../steps/schedule.ts'
import type { Step } from '../steps/transform.ts'
import { bind } from '../transforms/bind.ts'
import { cache } from '../transforms/cache.ts'
import { coarsen } from '../transforms/coarsen.ts'
import { predicate } from '../transforms/predicate.ts'
import { reorder } from '../transforms/reorder.ts'
import { split } from '../transforms/split.ts'
import { tile } from '../transforms/tile.ts'
import { vectorize } from '../transforms/vectorize.ts'
import { groupsThatMeet, partWords } from './part-words-schedule.ts'
import { isField, recordRows } from './record-schedule.ts'

/** Threads of a workgroup that reduces one column per thread. */
const columnThreads = 64

const lastAxis = (stage: Stage): Axis => stage.axes.at(-1) as Axis
/** With several stages, every step names its stage; with one, it need not. */
const only = (kernel: Kernel, stage: Stage): Readonly<Record<string, string>> =>
  kernel.stages.length > 1 ? { stage: nameOfStage(stage) } : {}

/** The part of an axis that a workgroup processes: if the length is constant (a group), the largest part that divides it. */
function part({ extent }: Axis, most: number, unit = 1): number {
  if (typeof extent !== 'number') return most
  const whole = Math.max(1, Math.floor(extent / unit))
  let size = Math.min(most, whole)
  while (whole % size !== 0) size--
  return size
}

/** Elements per word of the stage's tensor: if words need one owner, this many count as one element of a tile. */
const unitOf = (kernel: Kernel, stage: Stage): number => {
  const tensor = kernel.tensors.find(({ name }) => name === stage.tensor)
  return tensor === undefined ? 1 : elementsPerUnit(tensor.type)
}

/** 16 × 16 threads, each with `columns` elements of a row; a stage with one axis gets one thread per element. */
const tiles = (kernel: Kernel, columns: number, vectors: readonly Stage[] | undefined = undefined): Step[] => [
  ...flatMap(kernel.stages, stage => {
    if (isField(kernel, stage)) return []
    const parts = partWords(kernel, stage)
    if (parts !== undefined) return groupsThatMeet(kernel, stage, parts)
    const last = lastAxis(stage)
    const previous = stage.axes.at(-2)
    const unit = vectors?.includes(stage) ? 1 : unitOf(kernel, stage)
    if (previous === undefined) return [tile({ [last.name]: part(last, columnThreads, unit), ...only(kernel, stage) })]
    const width = part(last, 16 * (vectors?.includes(stage) === false ? 1 : columns), unit)
    if (stage.axes.length > 3) return rows(kernel, stage, width)
    return [tile({ [previous.name]: part(previous, 16), [last.name]: width, ...only(kernel, stage) })]
  }),
  ...recordRows(kernel),
]

/** A grid has only three dimensions, so each thread loops over the remaining, shorter axes. */
function rows(kernel: Kernel, stage: Stage, width: number): Step[] {
  const last = lastAxis(stage).name
  const others = stage.axes.slice(0, -1)
  const walked = [...others].sort((a, b) => length(a) - length(b)).slice(0, others.length - 2)
  const onGrid = others.filter(axis => !walked.includes(axis)).map(axis => axis.name)
  const inner = `${last}_in`
  const order = [...onGrid, last, ...walked.map(axis => axis.name), inner].join('.')
  const [z, y] = onGrid as [string, string]
  return [
    split({ loop: last, by: width, inner, ...only(kernel, stage) }),
    reorder({ order, ...only(kernel, stage) }),
    bind({ [z]: 'grid.z', [y]: 'grid.y', [last]: 'grid.x', [inner]: 'block.x', ...only(kernel, stage) }),
  ]
}

/** For comparing axes: a size counts as long. */
const length = ({ extent }: Axis): number => (typeof extent === 'number' ? extent : Number.POSITIVE_INFINITY)

/** Stages to which the coarser schedules apply: at least two axes, and rows divisible by the elements per thread (`by`). */
const wide = (kernel: Kernel, by: (stage: Stage) => number, unit: (stage: Stage) => number): readonly Stage[] =>
  kernel.stages.filter(
    stage =>
      stage.axes.length > 1 &&
      !isField(kernel, stage) &&
      partWords(kernel, stage) === undefined &&
      part(lastAxis(stage), 64, unit(stage)) % by(stage) === 0,
  )

/** Whether neighbouring results come from neighbouring elements. Folds over the groups of a row read elements a whole group apart. */
function readsNeighbours(stage: Stage): boolean {
  const { id } = lastAxis(stage)
  const folded: Subscript[] = []
  visitExpr(stage.value, node => {
    if (node.kind === 'reduce') folded.push(...flatMap(loadsOf(node.body), ({ index }) => index.slice(-1)))
  })
  return folded.length === 0 || folded.some(s => isAffine(s) && affine.coefficient(s, id) === 1)
}

/** A stage that reduces its data reads far more than a tile of it. */
function reduces(stage: Stage): boolean {
  let found = false
  visitExpr(stage.value, node => {
    found ||= node.kind === 'reduce'
  })
  return found
}

/** Whether the length of a row is a size, which need not be a multiple of 4. */
const isRagged = (stage: Stage): boolean =>
  stage.where.some(({ axis, below }) => axis === lastAxis(stage).name && typeof below !== 'number')

/** The inputs that a stage reads at a single position with as many subscripts as it has axes: its data, not its scales. */
const dataOf = (kernel: Kernel, stage: Stage): string[] => {
  const inputs = kernel.tensors.filter(t => t.role === 'input').map(t => t.name)
  const loads = loadsOf(stage.value)
  return inputs.filter(buffer => {
    const [first, ...others] = loads.filter(load => load.buffer === buffer).map(load => load.index)
    return first?.length === stage.axes.length && others.every(index => index.every((s, i) => isSame(s, first[i])))
  })
}

const isSame = (a: Subscript, b: Subscript | undefined): boolean =>
  a === b || (b !== undefined && isAffine(a) && isAffine(b) && affine.equals(a, b))

/** The schedules that every kernel has: naive, tiled, coarsened, vectorized. */
export const namedSchedules: readonly Schedule[] = [
  {
    name: 'naive',
    summary:
      'one thread per element, 16 × 16 threads per workgroup; groups that do not fill whole words are collected in shared memory',
    steps: ({ kernel }) => tiles(kernel, 1),
  },
  {
    name: 'tiled',
    summary: 'like naive, with each 16 × 16 tile of the data staged in shared memory',
    steps: ({ kernel }) => [
      ...tiles(kernel, 1),
      ...flatMap(
        kernel.stages.filter(
          stage =>
            stage.axes.length > 1 &&
            !reduces(stage) &&
            !isField(kernel, stage) &&
            partWords(kernel, stage) === undefined,
        ),
        stage => dataOf(kernel, stage).map(buffer => cache({ buffer, memory: 'shared', ...only(kernel, stage) })),
      ),
    ],
  },
  {
    name: 'coarsened',
    summary: '4 columns per thread, strided by the width of the workgroup, all loads first',
    steps: ({ kernel }) => [
      ...tiles(kernel, 4),
      ...wide(
        kernel,
        () => 4,
        stage => unitOf(kernel, stage),
      ).map(stage => coarsen({ [lastAxis(stage).name]: 4, ...only(kernel, stage) })),
    ],
  },
  {
    name: 'vectorized',
    summary:
      '4 neighbouring columns per thread in one 16-byte access, or one whole word of narrow codes; the row length must be a multiple of that',
    steps: ({ kernel }) => {
      const width = (stage: Stage) => Math.max(4, unitOf(kernel, stage))
      const vectors = wide(kernel, width, () => 1).filter(readsNeighbours)
      return [
        ...tiles(kernel, 4, vectors),
        ...flatMap(vectors, stage => [
          vectorize({ [lastAxis(stage).name]: width(stage), ...only(kernel, stage) }),
          ...(isRagged(stage) ? [predicate({ [lastAxis(stage).name]: 'assume', ...only(kernel, stage) })] : []),
        ]),
      ]
    },
  },
]

/** The named schedule (`naive`, `tiled`, `coarsened`, `vectorized`) with this name; undefined if there is none. */
export const findSchedule = (name: string): Schedule | undefined =>
  namedSchedules.find(schedule => schedule.name === name)
