/**
 * How the named schedules run a stage that folds far more than it stores and has a dispatch of its own: one thread per result would leave most of
 * a GPU idle, and threads far apart in memory.
 */
import type { Axis, Kernel, Stage } from '@qernel/dsl'
import type { Step } from '../steps/transform.ts'
import { bind } from '../transforms/bind.ts'
import { splitReduction } from '../transforms/split-reduction.ts'
import { tile } from '../transforms/tile.ts'
import { foldsNeighbours, foldsOf, length, only, part } from './stage-shape.ts'

/** Threads of a workgroup that folds one column per thread. */
export const columnThreads = 64

/** Rows that a workgroup folds, of those of a column. */
const rowsOfColumn = 256
/** Rows that a workgroup folds if a whole tensor has one result, and its threads. */
const rowsOfTensor = 16
const threadsOfTensor = 256

/** The steps to try, in this order; the kernel may refuse any. None if the stage folds nothing, or only few elements far apart. */
export function spreadFolds(kernel: Kernel, stage: Stage): readonly (readonly Step[])[] {
  const [fold] = foldsOf(stage)
  if (fold === undefined) return []
  const stageName = only(kernel, stage)
  const [outer, inner] = [fold.axes[0] as Axis, fold.axes.at(-1) as Axis]
  const isLong = length(inner) === Number.POSITIVE_INFINITY
  if (stage.axes.every(axis => length(axis) < columnThreads) && isLong) {
    const onGrid = stage.axes
      .slice(-2)
      .map(({ name }, i, { length: count }) => [name, `grid.${count - i === 1 ? 'y' : 'z'}`])
    const rows = outer === inner ? rowsOfTensor * threadsOfTensor : rowsOfTensor
    return [
      [
        splitReduction({ [outer.name]: rows, combine: 'atomic', ...stageName }),
        splitReduction({ [inner.name]: threadsOfTensor, combine: 'shared', ...stageName }),
        bind({
          ...Object.fromEntries(onGrid),
          [`${outer.name}_part`]: 'grid.x',
          [`${inner.name}_in`]: 'block.x',
          ...stageName,
        }),
      ],
      ...alongRows(stage, inner, stageName),
    ]
  }
  if (foldsNeighbours(fold)) return alongRows(stage, inner, stageName)
  return isLong || length(outer) === Number.POSITIVE_INFINITY ? alongColumns(stage, outer, stageName) : []
}

type StageName = ReturnType<typeof only>

/** The lanes of a workgroup fold neighbouring elements: 32 of a row whose length is a size, otherwise one for each 4 elements. */
function alongRows({ axes }: Stage, inner: Axis, stageName: StageName): readonly (readonly Step[])[] {
  const isLong = length(inner) === Number.POSITIVE_INFINITY
  const lanes = isLong ? 32 : 2 ** Math.floor(Math.log2(part(inner, 128, 4)))
  const row = axes.at(-1)
  if (row === undefined || lanes < 2) return []
  const rows = part(row, 256 / lanes)
  return [
    [
      splitReduction({ [inner.name]: lanes, combine: 'shared', ...stageName }),
      tile({ [row.name]: rows, ...stageName }),
      bind({ ...(rows > 1 && { [`${row.name}_in`]: 'block.y' }), [`${inner.name}_in`]: 'block.x', ...stageName }),
    ],
  ]
}

/**
 * Neighbouring threads fold neighbouring columns: 256 rows per workgroup, combined by an atomic maximum or in a second dispatch; where a stage
 * has several folds, all rows, by 32 rows of threads.
 */
function alongColumns({ axes }: Stage, outer: Axis, stageName: StageName): readonly (readonly Step[])[] {
  const column = axes.at(-1) as Axis
  const columns = tile({ [column.name]: part(column, columnThreads), ...stageName })
  const across = (combine: 'atomic' | 'secondPass') => [
    splitReduction({ [outer.name]: rowsOfColumn, combine, ...stageName }),
    columns,
  ]
  const narrow = part(column, 8)
  return [
    across('atomic'),
    across('secondPass'),
    [
      splitReduction({ [outer.name]: 32, combine: 'shared', ...stageName }),
      tile({ [column.name]: narrow, ...stageName }),
      bind({ ...(narrow > 1 && { [`${column.name}_in`]: 'block.x' }), [`${outer.name}_in`]: 'block.y', ...stageName }),
    ],
  ]
}
