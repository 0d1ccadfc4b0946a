/** How the named schedules run a stage that computes each element on its own: tiles of 16 rows of threads. */
import { type Axis, affine, isAffine, type Kernel, loadsOf, type Stage, type Subscript } from '@qernel/dsl'
import { flatMap } from '@qernel/dsl/internal'
import type { Step } from '../steps/transform.ts'
import { bind } from '../transforms/bind.ts'
import { reorder } from '../transforms/reorder.ts'
import { split } from '../transforms/split.ts'
import { tile } from '../transforms/tile.ts'
import { groupsThatMeet, partWords } from './part-words-schedule.ts'
import { columnThreads } from './spread-folds.ts'
import { foldsOf, lastAxis, length, only, part, unitOf } from './stage-shape.ts'

/** 16 × 16 threads, each with `columns` elements of a row; a stage with one axis gets one thread per element. */
export function tileOf(
  kernel: Kernel,
  stage: Stage,
  columns: number,
  vectors: readonly Stage[] | undefined = undefined,
): readonly Step[] {
  const parts = partWords(kernel, stage)
  if (parts !== undefined) return groupsThatMeet(kernel, stage, parts)
  const last = lastAxis(stage)
  const previous = stage.axes.at(-2)
  const unit = vectors?.includes(stage) ? 1 : unitOf(kernel, stage)
  if (previous === undefined) return [tile({ [last.name]: part(last, columnThreads, unit), ...only(kernel, stage) })]
  const width = part(last, 16 * (vectors?.includes(stage) === false ? 1 : columns), unit)
  if (stage.axes.length > 3) return rows(kernel, stage, width)
  return [tile({ [previous.name]: part(previous, 16), [last.name]: width, ...only(kernel, stage) })]
}

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

/** Whether neighbouring results come from neighbouring elements. Folds over the groups of a row read elements a whole group apart. */
export function readsNeighbours(stage: Stage): boolean {
  const { id } = lastAxis(stage)
  const folded: Subscript[] = flatMap(foldsOf(stage), fold =>
    flatMap(loadsOf(fold.body), ({ index }) => index.slice(-1)),
  )
  return folded.length === 0 || folded.some(s => isAffine(s) && affine.coefficient(s, id) === 1)
}

/** What a tile of a stage can stage in shared memory: what it reads at a single position, its data and its scales. */
export function stagedBuffers(kernel: Kernel, stage: Stage): readonly string[] {
  const loads = loadsOf(stage.value)
  const read = kernel.tensors.filter(({ name }) => loads.some(({ buffer }) => buffer === name)).map(({ name }) => name)
  return read.filter(buffer => {
    const [first, ...others] = loads.filter(load => load.buffer === buffer).map(load => load.index)
    return (
      first !== undefined &&
      movesInTile(stage, first) &&
      others.every(index => index.every((subscript, i) => isSame(subscript, first[i])))
    )
  })
}

/** Whether neighbouring threads of a tile read different elements. */
const movesInTile = ({ axes }: Stage, index: readonly Subscript[]): boolean =>
  index.every(isAffine) &&
  axes.slice(-2).some(({ id }: Axis) => index.some(s => isAffine(s) && affine.coefficient(s, id) !== 0))

const isSame = (a: Subscript, b: Subscript | undefined): boolean =>
  a === b || (b !== undefined && isAffine(a) && isAffine(b) && affine.equals(a, b))
