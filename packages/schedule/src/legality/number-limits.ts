import type { Nest } from '@qernel/dsl'
import { affinesOf, largestSize, tooLargeIn } from '@qernel/dsl/internal'
import { type Leaf, leavesOf, loopsOf } from '../nest/statements.ts'
import { type Refusal, refuse } from './refusal.ts'

/**
 * Refuses a nest if the product of the factors by which steps have split an axis does not fit in generated code. The
 * overshoot of a tile past the end of an axis is smaller, so it then stays below 2^32 too.
 */
export function findTooLarge(nest: Nest): Refusal | undefined {
  for (const { loop } of loopsOf(nest.body)) {
    const wrong = tooLargeIn(loop.extent)
    if (wrong !== undefined) return refuse('over-limit', `${loop.name} has a factor of ${wrong}; ${limit}`, [loop.id])
  }
  for (const { name, dims } of nest.buffers.values())
    for (const dim of dims) {
      const wrong = tooLargeIn(dim)
      if (wrong !== undefined) return refuse('over-limit', `${name} has a dimension of ${wrong}; ${limit}`)
    }
  for (const { leaf, around } of leavesOf(nest.body)) {
    const wrong = tooLargeOf(leaf)
    if (wrong !== undefined)
      return refuse(
        'over-limit',
        `an index of ${leaf.stage} has a factor of ${wrong}; ${limit}`,
        around.slice(-1).map(({ id }) => id),
      )
  }
  return undefined
}

function tooLargeOf({ index, where, value }: Leaf): number | undefined {
  for (const one of index) if (tooLargeIn(one) !== undefined) return tooLargeIn(one)
  for (const guard of where) if (tooLargeIn(guard.index) !== undefined) return tooLargeIn(guard.index)
  for (const one of affinesOf(value)) if (tooLargeIn(one) !== undefined) return tooLargeIn(one)
  return undefined
}

const limit = `the factors of an axis come to ${largestSize} at most`
