/**
 * Which loads may be out of bounds. A definition permits this where the value is not used, in the arm of a select that
 * is not taken: `select(t.value().gt(0), x(t.add(-1), d), 0)`. Devices without bounds checks must not execute such
 * loads.
 */
import { type Extent, isAffine, loadsOf, type Nest } from '@qernel/dsl'
import { memoize } from '@qernel/dsl/internal'
import { defaultNest } from '../nest/default-nest.ts'
import { leavesOf } from '../nest/statements.ts'
import { isInBounds } from './bounds.ts'

/** Stages and the arrays that they may access out of bounds, by definition. */
export interface OutOfBoundsLoads {
  has(stage: string, array: string): boolean
}

/**
 * Only loads that may be out of bounds in the unscheduled nest count: if a schedule adds others, it is wrong and must
 * be detected.
 */
export const outOfBoundsLoads = ({ kernel, fixed }: Pick<Nest, 'kernel' | 'fixed'>): OutOfBoundsLoads =>
  leavingIn(defaultNest(kernel, fixed))

/** Memoized, since every copy that a schedule makes needs it. */
const leavingIn = memoize((definition: Nest): OutOfBoundsLoads => {
  const found = new Set<string>()
  for (const { leaf, around } of leavesOf(definition.body))
    for (const { buffer, index } of loadsOf(leaf.value)) {
      const dims = definition.buffers.get(buffer)?.dims ?? []
      const leaves = index.some((s, i) => isAffine(s) && !isInBounds(definition, leaf, around, s, dims[i] as Extent))
      if (leaves) found.add(`${leaf.stage}.${buffer}`)
    }
  return { has: (stage, array) => found.has(`${stage}.${array}`) }
}, 16)
