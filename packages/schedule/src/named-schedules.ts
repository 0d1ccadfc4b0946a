/** The four schedules of arXiv 2601.04719, for any kernel: written with the transforms and nothing else. */
import type { Kernel, Stage } from '@qernel/dsl'
import { loadsOf } from '@qernel/dsl'
import type { Step } from './transform.ts'
import { cache } from './transforms/cache.ts'
import { coarsen } from './transforms/coarsen.ts'
import { predicate } from './transforms/predicate.ts'
import { tile } from './transforms/tile.ts'
import { vectorize } from './transforms/vectorize.ts'

export interface NamedSchedule {
  readonly name: string
  readonly summary: string
  readonly steps: (kernel: Kernel) => readonly Step[]
}

/** Threads of a workgroup that reduces one column a thread. */
const columnThreads = 64

const lastAxis = (stage: Stage): string => (stage.axes.at(-1) as Stage['axes'][number]).name
/** With several stages every step says which it means; with one it need not. */
const only = (kernel: Kernel, stage: Stage): Readonly<Record<string, string>> =>
  kernel.stages.length > 1 ? { stage: stage.tensor } : {}

/** 16 × 16 threads, each with `columns` elements of a row; a stage with one axis gets a thread an element. */
function tiles(kernel: Kernel, columns: number): Step[] {
  return kernel.stages.map(stage => {
    const last = lastAxis(stage)
    const previous = stage.axes.at(-2)
    if (previous === undefined) return tile({ [last]: columnThreads, ...only(kernel, stage) })
    return tile({ [previous.name]: 16, [last]: 16 * columns, ...only(kernel, stage) })
  })
}

/** Stages with two axes and more: those that the coarser schedules are about. */
const wide = (kernel: Kernel): readonly Stage[] => kernel.stages.filter(stage => stage.axes.length > 1)

/** The inputs that a stage reads with as many subscripts as it has axes: its data, not its scales. */
const dataOf = (kernel: Kernel, stage: Stage): string[] => {
  const inputs = kernel.tensors.filter(t => t.role === 'input').map(t => t.name)
  return [
    ...new Set(
      loadsOf(stage.value)
        .filter(load => load.index.length === stage.axes.length && inputs.includes(load.buffer))
        .map(load => load.buffer),
    ),
  ]
}

export const namedSchedules: readonly NamedSchedule[] = [
  { name: 'naive', summary: 'a thread an element, 16 × 16 threads a workgroup', steps: kernel => tiles(kernel, 1) },
  {
    name: 'tiled',
    summary: 'as naive, with each 16 × 16 tile of the data staged in shared memory',
    steps: kernel => [
      ...tiles(kernel, 1),
      ...wide(kernel).flatMap(stage =>
        dataOf(kernel, stage).map(buffer => cache({ buffer, memory: 'shared', ...only(kernel, stage) })),
      ),
    ],
  },
  {
    name: 'coarsened',
    summary: '4 columns a thread, strided by the width of the workgroup, all loads first',
    steps: kernel => [
      ...tiles(kernel, 4),
      ...wide(kernel).map(stage => coarsen({ [lastAxis(stage)]: 4, ...only(kernel, stage) })),
    ],
  },
  {
    name: 'vectorized',
    summary: '4 neighbouring columns a thread in one 16-byte access; the row length must be a multiple of 4',
    steps: kernel => [
      ...tiles(kernel, 4),
      ...wide(kernel).flatMap(stage => [
        vectorize({ [lastAxis(stage)]: 4, ...only(kernel, stage) }),
        predicate({ [lastAxis(stage)]: 'assume', ...only(kernel, stage) }),
      ]),
    ],
  },
]

export const findSchedule = (name: string): NamedSchedule | undefined =>
  namedSchedules.find(schedule => schedule.name === name)
