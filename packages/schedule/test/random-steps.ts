/** Random steps, as numbers that a property test can shrink. */
import type { Nest } from '@qernel/dsl'
import fc from 'fast-check'
import { generateStep, listTransforms, type Step, type Transform } from '../src/index.ts'

/** A step before it is applied to a nest: numbers that choose among what is available. */
export interface Draw {
  readonly transform: number
  readonly picks: readonly number[]
}

export const draws: fc.Arbitrary<Draw[]> = fc.array(
  fc.record({ transform: fc.nat(999), picks: fc.array(fc.nat(999), { minLength: 8, maxLength: 8 }) }),
  { minLength: 1, maxLength: 12, size: 'max' },
)

/** The step that a draw gives on a nest. */
export function stepOf(nest: Nest, { transform: index, picks }: Draw): Step {
  // Transforms that change the order of a sum are excluded, because they may change bits.
  const transforms = listTransforms().filter(t => t.numerics === 'exact')
  let position = 0
  return generateStep(
    nest,
    transforms[index % transforms.length] as Transform,
    from => from[(picks[position++ % picks.length] as number) % from.length] as (typeof from)[number],
  )
}
