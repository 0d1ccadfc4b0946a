/** The four schedules of arXiv 2601.04719, for any kernel, written only with the transforms. */
import type { Kernel, Stage } from '@qernel/dsl'
import { flatMap } from '@qernel/dsl/internal'
import type { Schedule } from '../steps/schedule.ts'
import { printSteps } from '../steps/step-text.ts'
import type { Step } from '../steps/transform.ts'
import { cache } from '../transforms/cache.ts'
import { coarsen } from '../transforms/coarsen.ts'
import { predicate } from '../transforms/predicate.ts'
import { vectorize } from '../transforms/vectorize.ts'
import { readsNeighbours, stagedBuffers, tileOf } from './elementwise-tiles.ts'
import { inOrder, narrowPass, spread, widePass } from './forms.ts'
import { partWords } from './part-words-schedule.ts'
import { isField } from './record-schedule.ts'
import { foldsOf, isRagged, lastAxis, only, part, unitOf } from './stage-shape.ts'

/** Stages that fold are spread over threads, if the kernel accepts that; all others become tiles. */
const tiles = (kernel: Kernel, columns: number, vectors?: readonly Stage[]): readonly Step[] =>
  inOrder(kernel, stage => spread(kernel).get(stage) ?? tileOf(kernel, stage, columns, vectors))

const naive = (kernel: Kernel): readonly Step[] => narrowPass(kernel).steps ?? tiles(kernel, 1)

/** Stages that become tiles and have at least two axes. */
const tiled = (kernel: Kernel): readonly Stage[] =>
  kernel.stages.filter(
    stage =>
      stage.axes.length > 1 &&
      !isField(kernel, stage) &&
      !spread(kernel).has(stage) &&
      partWords(kernel, stage) === undefined,
  )

/** Whether a thread walks no axis of open length: shared memory would need room for all of it. */
const hasRowsOnGrid = ({ axes }: Stage): boolean =>
  axes.slice(0, -1).filter(({ extent }) => typeof extent !== 'number').length <= 2

/** Stages to which the coarser schedules apply: rows are divisible by the elements per thread (`by`). */
const wide = (kernel: Kernel, by: (stage: Stage) => number, unit: (stage: Stage) => number): readonly Stage[] =>
  tiled(kernel).filter(stage => part(lastAxis(stage), 64, unit(stage)) % by(stage) === 0)

/** The schedules of arXiv 2601.04719: naive, tiled, coarsened, vectorized. `offeredSchedules` gives those that make sense for a kernel. */
export const namedSchedules: readonly Schedule[] = [
  {
    name: 'naive',
    summary:
      'one thread per element, 16 × 16 threads per workgroup; folds are spread over threads; a row or group with its scale is one pass of lanes',
    steps: ({ kernel }) => naive(kernel),
  },
  {
    name: 'tiled',
    summary: 'like naive, with the data and the scales of each 16 × 16 tile staged in shared memory',
    steps: ({ kernel }) =>
      narrowPass(kernel).steps ?? [
        ...tiles(kernel, 1),
        ...flatMap(
          tiled(kernel).filter(stage => foldsOf(stage).length === 0 && hasRowsOnGrid(stage)),
          stage =>
            stagedBuffers(kernel, stage).map(buffer => cache({ buffer, memory: 'shared', ...only(kernel, stage) })),
        ),
      ],
  },
  {
    name: 'coarsened',
    summary: '4 columns per thread, strided by the width of the workgroup, all loads first',
    steps: ({ kernel }) =>
      narrowPass(kernel).steps ?? [
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
    steps: ({ kernel }) => widePass(kernel).steps ?? vectorized(kernel),
  },
]

function vectorized(kernel: Kernel): readonly Step[] {
  const width = (stage: Stage) => Math.max(4, unitOf(kernel, stage))
  const vectors = wide(kernel, width, () => 1).filter(readsNeighbours)
  return [
    ...tiles(kernel, 4, vectors),
    ...flatMap(vectors, stage => [
      vectorize({ [lastAxis(stage).name]: width(stage), ...only(kernel, stage) }),
      ...(isRagged(stage) ? [predicate({ [lastAxis(stage).name]: 'assume', ...only(kernel, stage) })] : []),
    ]),
  ]
}

/** Whether a named schedule is offered for a kernel: `naive` is, and the others are if their steps differ from its. */
export const isOffered = ({ name, steps }: Schedule, kernel: Kernel): boolean =>
  name === 'naive' || printSteps(steps({ kernel })) !== printSteps(naive(kernel))

/** The named schedules that are offered for a kernel. */
export const offeredSchedules = (kernel: Kernel): readonly Schedule[] =>
  namedSchedules.filter(schedule => isOffered(schedule, kernel))

/** The named schedule (`naive`, `tiled`, `coarsened`, `vectorized`) with this name; undefined if there is none. */
export const findSchedule = (name: string): Schedule | undefined =>
  namedSchedules.find(schedule => schedule.name === name)
