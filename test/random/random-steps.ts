/** Random steps: every argument is drawn from what a transform says of its parameters and from the nest itself. */
import type { Nest } from '@qernel/dsl'
import {
  applyStep,
  defaultNest,
  generateStep,
  isRefusal,
  listTransforms,
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

function stepOf(nest: Nest, { transform: index, picks }: Draw, first: boolean): Step {
  const all = listTransforms()
  // A device is only busy where loops are bound, so schedules begin with a tile more often than not.
  const tiles = all.filter(t => t.name === 'tile')
  const transforms: readonly Transform[] = first ? [...all, ...tiles, ...tiles, ...tiles, ...tiles, ...tiles] : all
  let position = 0
  return generateStep(
    nest,
    transforms[index % transforms.length] as Transform,
    from => from[(picks[position++ % picks.length] as number) % from.length] as (typeof from)[number],
  )
}
