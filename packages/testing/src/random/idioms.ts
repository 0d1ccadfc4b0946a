/**
 * Steps that authors write together, because the first determines the others: fused stages, combined lanes, tiles.
 * Drawing steps one by one rarely finds these combinations; all other steps come from `generateStep`.
 */
import type { Nest } from '@qernel/dsl'
import { nameOfStage } from '@qernel/dsl/internal'
import { loopsOf, type Pick, type Step } from '@qernel/schedule'

/** Steps to try one after another. */
export type Idiom = (nest: Nest, pick: Pick) => readonly Step[]

const widths = [2, 4, 8, 16, 32, 4, 8, 3] as const

/** A later stage into the loops of an earlier one, often with a tile. */
export const fuse: Idiom = ({ kernel }, pick) => {
  const stages = kernel.stages.map(nameOfStage)
  if (stages.length < 2) return []
  const consumer = 1 + pick(stages.slice(1).map((_, i) => i))
  const producer = pick(stages.slice(0, consumer))
  const step: Step = { transform: 'fuse', producer, consumer: stages[consumer] as string, loops: pick([1, 1, 2]) }
  return [pick([true, false]) ? { ...step, memory: pick(['register', 'shared']) } : step]
}

const splitReduction: Idiom = (nest, pick) => {
  const reduced = loopsOf(nest.body).filter(({ loop }) => loop.reduce && loop.combine === undefined)
  if (reduced.length === 0) return []
  const step: Step = {
    transform: 'splitReduction',
    [pick(reduced).loop.axis]: pick(widths),
    combine: pick(['shared', 'subgroup', 'shared', 'subgroup', 'serial', 'atomic', 'secondPass']),
    reassociate: true,
  }
  const stages = nest.kernel.stages.map(nameOfStage)
  return [pick([true, false, false]) ? { ...step, stage: pick(stages) } : step]
}

const oneStage = (nest: Nest, pick: Pick): { stage?: string } =>
  pick([true, false]) ? { stage: pick(nest.kernel.stages.map(nameOfStage)) } : {}

const bind: Idiom = (nest, pick) => {
  const { loop } = pick(loopsOf(nest.body))
  const mode = pick(['grid.x', 'grid.y', 'block.x', 'block.x', 'block.y', 'serial'])
  return [{ transform: 'bind', [loop.name]: mode, ...oneStage(nest, pick) }]
}

/** Binds the lanes of a combine to threads, splits other stages to match, and binds the surrounding loops to the grid. */
const bindLanes: Idiom = (nest, pick) => {
  const combines = loopsOf(nest.body).filter(({ loop }) => loop.combine !== undefined && loop.mode === 'serial')
  if (combines.length === 0) return bind(nest, pick)
  const { loop, around } = pick(combines)
  const steps: Step[] = []
  if (pick([true, true, false]))
    for (const stage of nest.kernel.stages.map(nameOfStage))
      steps.push({ transform: 'split', loop: loop.axis, by: loop.extent as number, inner: loop.name, stage })
  const grid = around
    .filter(l => l.mode === 'serial')
    .slice(0, pick([1, 1, 2]))
    .map((l, i): [string, string] => [l.name, i === 0 ? 'grid.x' : 'grid.y'])
  return [
    ...steps,
    { transform: 'bind', ...Object.fromEntries(grid), [loop.name]: 'block.x' },
    { transform: 'bind', [loop.name]: 'block.x' },
  ]
}

const axis = (nest: Nest, pick: Pick): string => pick(loopsOf(nest.body)).loop.axis

const tile: Idiom = (nest, pick) => [
  {
    transform: 'tile',
    [axis(nest, pick)]: pick([4, 8, 16]),
    [axis(nest, pick)]: pick([2, 4, 8]),
    ...oneStage(nest, pick),
  },
]

const cache: Idiom = (nest, pick) => [
  {
    transform: 'cache',
    buffer: pick([...nest.buffers.values()].filter(b => b.memory === 'global')).name,
    memory: pick(['shared', 'register', 'register']),
    ...(pick([true, true, false]) ? { at: pick(loopsOf(nest.body)).loop.name } : {}),
  },
]

/** In the order in which authors write them. An idiom that is listed more often is tried more often. */
export const idioms: readonly Idiom[] = [
  ...[fuse, fuse, fuse],
  ...[splitReduction, splitReduction, splitReduction],
  ...[tile, tile],
  ...[bindLanes, bindLanes, bindLanes, bind],
  ...[cache],
]

/** Binds lanes that combine to threads, the only loops that can run them. */
export const lanesToThreads: Idiom = (nest, pick) =>
  loopsOf(nest.body)
    .filter(({ loop }) => loop.combine !== undefined && loop.mode === 'serial')
    .map(
      ({ loop }): Step => ({
        transform: 'bind',
        [loop.name]: loop.combine === 'subgroup' ? 'block.x' : pick(['block.x', 'block.x', 'block.y', 'block.z']),
      }),
    )
