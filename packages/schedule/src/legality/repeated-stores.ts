/** One thread writes each element. Several threads or workgroups must not write it at once, even with the same value. */
import { affine, dimensionOf, type Guard, isBlock, isGrid, type Loop, type LoopMode, type Nest } from '@qernel/dsl'
import { constantExtent } from '../nest/guards.ts'
import { type Leaf, leavesOf, loopsOf } from '../nest/statements.ts'
import { type Refusal, refuse } from './refusal.ts'

/** A statement beside a grid loop would run once for each of its iterations, or never; a statement inside a loop that does not move it runs in every iteration. */
export const findRepeatedStore = (nest: Nest): Refusal | undefined => findStoreBeside(nest) ?? findStoreInside(nest)

function findStoreBeside(nest: Nest): Refusal | undefined {
  for (const statement of nest.body) {
    const grid = new Map<LoopMode, { id: number; name: string }>()
    for (const { loop } of loopsOf([statement])) if (isGrid(loop.mode)) grid.set(loop.mode, loop)
    if (grid.size === 0) continue
    for (const { leaf, around } of leavesOf([statement])) {
      if (nest.buffers.get(leaf.buffer)?.memory !== 'global') continue
      for (const [mode, { id, name }] of grid)
        if (!around.some(l => l.mode === mode))
          return refuse(
            'not-nested',
            `${name} would be ${mode}, but ${leaf.buffer}, which is written beside it, would then be written by every workgroup along ${dimensionOf(mode)}`,
            [id],
          )
    }
  }
  return undefined
}

/** A loop over threads or workgroups, each iteration of which stores to the same elements. */
export function findStoreInside(nest: Nest, alternatives: readonly string[] = []): Refusal | undefined {
  for (const { leaf, around } of leavesOf(nest.body)) {
    if (leaf.kind !== 'store') continue
    const loop = around.find(one => isSeenByAll(nest, leaf, one) && !isOnce(nest, leaf, one))
    if (loop !== undefined)
      return refuse(
        'not-parallel',
        `${loop.name} would be ${loop.mode}, and each of its iterations writes the same elements of ${leaf.buffer}: ${isGrid(loop.mode) ? 'workgroups' : 'threads'} would write them at once`,
        [loop.id],
        alternatives,
      )
  }
  return undefined
}

/** Whether the iterations of a loop run in parallel and share the memory that a leaf writes. Lanes that combine have their own rules. */
function isSeenByAll(nest: Nest, { buffer }: Leaf, { mode, combine }: Loop): boolean {
  const memory = nest.buffers.get(buffer)?.memory
  if (combine !== undefined) return false
  return isBlock(mode) ? memory !== 'register' : isGrid(mode) && memory === 'global'
}

/** Whether at most one iteration of a loop stores to an element: the loop changes the position, has one iteration, or a guard admits only the first. */
const isOnce = (nest: Nest, { index, where }: Leaf, loop: Loop): boolean =>
  constantExtent(nest, loop.extent) === 1 ||
  index.some(place => affine.coefficient(place, loop.id) !== 0) ||
  where.some(guard => leavesFirst(guard, loop))

/** Whether a guard fails in all iterations except the first, for any values of its other loops. */
function leavesFirst({ index, below, peeled }: Guard, { id }: Loop): boolean {
  const isFromZero = index.constant >= 0 && [...index.terms.values()].every(c => c >= 0)
  return peeled !== 'tail' && isFromZero && typeof below === 'number' && affine.coefficient(index, id) >= below
}
