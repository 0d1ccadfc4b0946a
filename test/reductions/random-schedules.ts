/** Random schedules that reach what reductions need: fused stages, lanes that meet, copies of a row in registers. */
import { type Kernel, type Nest, nameOfStage } from '@qernel/dsl'
import { applyStep, defaultNest, isRefusal, loopsOf, type Step } from '@qernel/schedule'
import fc from 'fast-check'

/** One wish that is not yet tied to a nest. */
export interface Draw {
  readonly wish: number
  readonly picks: readonly number[]
}

export const draws: fc.Arbitrary<Draw[]> = fc.array(
  fc.record({ wish: fc.nat(999), picks: fc.array(fc.nat(999), { minLength: 5, maxLength: 5 }) }),
  { minLength: 1, maxLength: 11, size: 'max' },
)

type Pick = <T>(from: readonly T[]) => T
/** Steps to try one after another. */
type Wish = (nest: Nest, pick: Pick) => readonly Step[]

const widths = [2, 4, 8, 16, 32, 4, 8, 3] as const
const modes = ['grid.x', 'grid.y', 'block.x', 'block.x', 'block.y', 'serial'] as const

const fuse: Wish = ({ kernel }, pick) => {
  const stages = kernel.stages.map(nameOfStage)
  if (stages.length < 2) return []
  const consumer = 1 + pick(stages.slice(1).map((_, i) => i))
  const producer = pick(stages.slice(0, consumer))
  return [{ transform: 'fuse', producer, consumer: stages[consumer] as string, loops: pick([1, 1, 2]) }]
}

const splitReduction: Wish = (nest, pick) => {
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

const split: Wish = (nest, pick) => {
  const { loop } = pick(loopsOf(nest.body))
  return [{ transform: 'split', loop: loop.name, by: pick(widths), ...oneStage(nest, pick) }]
}

const oneStage = (nest: Nest, pick: Pick): { stage?: string } =>
  pick([true, false]) ? { stage: pick(nest.kernel.stages.map(nameOfStage)) } : {}

const bindOne: Wish = (nest, pick) => {
  const { loop } = pick(loopsOf(nest.body))
  return [{ transform: 'bind', [loop.name]: pick(modes), ...oneStage(nest, pick) }]
}

/** The lanes of every combine to threads, other stages cut to as many, what stands around to the grid. */
const bindLanes: Wish = (nest, pick) => {
  const combines = loopsOf(nest.body).filter(({ loop }) => loop.combine !== undefined && loop.mode === 'serial')
  if (combines.length === 0) return bindOne(nest, pick)
  const { loop, around } = pick(combines)
  const steps: Step[] = []
  if (pick([true, true, false]))
    for (const stage of nest.kernel.stages)
      steps.push({
        transform: 'split',
        loop: loop.axis,
        by: loop.extent as number,
        inner: loop.name,
        stage: nameOfStage(stage),
      })
  const outer = around.filter(l => l.mode === 'serial')
  const grid = Object.fromEntries(
    outer.slice(0, pick([1, 1, 2])).map((l, i) => [l.name, (['grid.x', 'grid.y'] as const)[i] as string]),
  )
  return [
    ...steps,
    { transform: 'bind', ...grid, [loop.name]: 'block.x' },
    { transform: 'bind', [loop.name]: 'block.x' },
  ]
}

const axis = (nest: Nest, pick: Pick): string => pick(loopsOf(nest.body)).loop.axis
const vectorize: Wish = (nest, pick) => [
  { transform: 'vectorize', [axis(nest, pick)]: pick([2, 4, 8, 4]), ...oneStage(nest, pick) },
]
const coarsen: Wish = (nest, pick) => [
  {
    transform: 'coarsen',
    [axis(nest, pick)]: pick([2, 4]),
    order: pick(['strided', 'blocked']),
    ...oneStage(nest, pick),
  },
]
const tile: Wish = (nest, pick) => [
  {
    transform: 'tile',
    [axis(nest, pick)]: pick([4, 8, 16]),
    [axis(nest, pick)]: pick([4, 8]),
    ...oneStage(nest, pick),
  },
]
const cache: Wish = (nest, pick) => [
  {
    transform: 'cache',
    buffer: pick([...nest.buffers.values()].filter(b => b.memory === 'global')).name,
    memory: pick(['shared', 'register', 'register']),
    ...(pick([true, true, false]) ? { at: pick(loopsOf(nest.body)).loop.name } : {}),
  },
]
const unroll: Wish = (nest, pick) => [{ transform: 'unroll', loop: pick(loopsOf(nest.body)).loop.name }]
const reorder: Wish = (nest, pick) => {
  const { loop, around } = pick(loopsOf(nest.body))
  return [
    {
      transform: 'reorder',
      order: [...around.slice(-1), loop]
        .map(l => l.name)
        .reverse()
        .join('.'),
    },
  ]
}
const predicate: Wish = (nest, pick) => [{ transform: 'predicate', [axis(nest, pick)]: 'assume' }]

/** In the order in which authors write them; the numbers are how often each is wished for. */
const wishes: readonly Wish[] = [
  ...[fuse, fuse, fuse],
  ...[splitReduction, splitReduction, splitReduction, splitReduction],
  ...[split, reorder, tile, tile],
  ...[vectorize],
  ...[bindLanes, bindLanes, bindLanes, bindOne, bindOne],
  ...[coarsen, cache, cache],
  ...[vectorize, unroll, predicate],
]

/** Lanes of lanes of lanes, all of them empty, only take time. */
const mostIterations = 512
const iterations = ({ body }: Nest): number =>
  Math.max(
    ...loopsOf(body).map(({ loop, around }) =>
      [...around, loop].reduce((n, l) => n * (typeof l.extent === 'number' ? l.extent : 1), 1),
    ),
  )

/** The steps that the draws mean: those that apply, one after another. Most lists are put into the usual order first. */
export function composeSteps(
  kernel: Kernel,
  fixed: ReadonlyMap<string, number>,
  list: readonly Draw[],
  inOrder: boolean,
  hasSubgroups?: boolean,
): { nest: Nest; steps: Step[] } {
  const sorted = inOrder ? [...list].sort((a, b) => (a.wish % wishes.length) - (b.wish % wishes.length)) : list
  let nest = defaultNest(kernel, fixed)
  const steps: Step[] = []
  for (const { wish, picks } of sorted) {
    let position = 0
    const pick: Pick = from => from[(picks[position++ % picks.length] as number) % from.length] as (typeof from)[number]
    for (const step of (wishes[wish % wishes.length] as Wish)(nest, pick)) {
      const next = applyStep(nest, step, hasSubgroups)
      if (isRefusal(next) || iterations(next) > mostIterations) continue
      nest = next
      steps.push(step)
    }
  }
  // Lanes that meet are threads; without a bind nothing would run.
  for (const { loop } of loopsOf(nest.body)) {
    if (loop.combine === undefined || loop.mode !== 'serial') continue
    const step: Step = { transform: 'bind', [loop.name]: 'block.x' }
    const next = applyStep(nest, step, hasSubgroups)
    if (isRefusal(next)) continue
    nest = next
    steps.push(step)
  }
  return { nest, steps }
}
