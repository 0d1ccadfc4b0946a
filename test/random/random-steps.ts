/** Random steps: every argument is drawn from what a transform says of its parameters and from the nest itself. */
import type { Nest } from '@qernel/dsl'
import {
  type Argument,
  applyStep,
  type Domain,
  defaultNest,
  isRefusal,
  listTransforms,
  loopsOf,
  parameterDomains,
  type Step,
  type Transform,
} from '@qernel/schedule'
import fc from 'fast-check'

/** One step that is not yet tied to a nest: numbers that pick among whatever there is to pick from. */
export interface Draw {
  readonly transform: number
  readonly picks: readonly number[]
}

export const draws: fc.Arbitrary<Draw[]> = fc.array(
  fc.record({ transform: fc.nat(999), picks: fc.array(fc.nat(999), { minLength: 6, maxLength: 6 }) }),
  { maxLength: 6, size: 'max' },
)

/** The steps that a list of draws means from the default nest on: those that apply, one after another. */
export function composeSteps(
  kernel: Nest['kernel'],
  fixed: ReadonlyMap<string, number>,
  list: readonly Draw[],
): Step[] {
  let nest = defaultNest(kernel, fixed)
  const steps: Step[] = []
  for (const [position, draw] of list.entries()) {
    const step = stepOf(nest, draw, position === 0)
    const next = applyStep(nest, step)
    if (isRefusal(next)) continue
    nest = next
    steps.push(step)
  }
  return steps
}

type Pick = <T>(from: readonly T[]) => T

function stepOf(nest: Nest, { transform: index, picks }: Draw, first: boolean): Step {
  const all = listTransforms()
  // A device is only busy where loops are bound, so schedules begin with a tile more often than not.
  const tiles = all.filter(t => t.name === 'tile')
  const transforms: readonly Transform[] = first ? [...all, ...tiles, ...tiles, ...tiles, ...tiles, ...tiles] : all
  const transform = transforms[index % transforms.length] as Transform
  let position = 0
  const pick: Pick = from => from[(picks[position++ % picks.length] as number) % from.length] as (typeof from)[number]
  const { named, axes } = parameterDomains(transform)
  const step: Record<string, Argument> = {}
  for (const { name, optional, domain } of named)
    if (!optional || pick([true, false, false])) step[name] = argument(nest, domain, pick)
  if (axes !== undefined)
    for (let count = pick([1, 1, 2, 2, 3]); count > 0; count--) step[pick(axisNames(nest))] = argument(nest, axes, pick)
  const stages = nest.kernel.stages.map(s => s.tensor)
  if (stages.length > 1 && pick([true, false])) step.stage = pick(stages)
  return { transform: transform.name, ...step }
}

const axisNames = (nest: Nest): string[] => [...new Set(loopsOf(nest.body).map(({ loop }) => loop.axis))]

function argument(nest: Nest, domain: Domain, pick: Pick): Argument {
  switch (domain.kind) {
    case 'factor':
      // A few factors beyond the candidates: ragged ones must be as right as powers of two.
      return pick([...domain.candidates, 2, 3, 4, 5])
    case 'choice':
      return pick(domain.options)
    case 'loop':
      return pick(loopsOf(nest.body)).loop.name
    case 'loops': {
      const { loop, around } = pick(loopsOf(nest.body))
      const last = [...around, loop].map(l => l.name).slice(-pick([2, 2, 3]))
      return (pick([true, false]) ? last.reverse() : [...last.slice(1), ...last.slice(0, 1)]).join('.')
    }
    case 'buffer':
      return pick([...nest.buffers.keys()])
    case 'name':
      return pick(['inner', 'lane'])
  }
}
