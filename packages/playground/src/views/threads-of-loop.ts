/** Which threads of the first workgroup run a loop. */
import type { LoopFacts, Touch } from '../protocol.ts'

/**
 * Tells touches that belong to a loop from others. A loop over threads has those that it tells apart while other loops over threads are at their first
 * iteration; a loop inside a thread has those of the first thread; a loop over workgroups has the whole workgroup.
 *
 * @param loops all of the nest, with their dispatches
 */
export function threadsOfLoop(loop: LoopFacts, loops: readonly LoopFacts[]): (touch: Touch) => boolean {
  const [runner = '', dimension = ''] = loop.mode.split('.')
  if (runner === 'grid') return () => true
  if (runner !== 'block') return ({ thread }) => thread === 0
  const extentOf = (wanted: string): number =>
    loops.reduce((most, { mode, extent, dispatch }) => {
      const length = mode === `block.${wanted}` && dispatch === loop.dispatch ? Number(extent) : 1
      return Number.isFinite(length) ? Math.max(most, length) : most
    }, 1)
  const before = { x: [], y: ['x'], z: ['x', 'y'] }[dimension] ?? []
  const stride = before.reduce((product, one) => product * extentOf(one), 1)
  const end = stride * extentOf(dimension)
  return ({ thread }) => thread < end && thread % stride === 0
}
