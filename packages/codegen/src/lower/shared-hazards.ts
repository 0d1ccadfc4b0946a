/** Finds hazards on shared memory, which require a barrier between statements. */
import { type Loop, loadsOf, type Nest, type Statement } from '@qernel/dsl'
import { flatMap } from '@qernel/dsl/internal'
import { leavesOf } from '@qernel/schedule'
import { storesApart } from '@qernel/schedule/internal'

export interface Footprint {
  readonly reads: ReadonlySet<string>
  readonly writes: ReadonlySet<string>
}

/** Shared buffers that a statement reads and writes. */
export function footprint(body: readonly Statement[], nest: Nest): Footprint {
  const isShared = (name: string) => nest.buffers.get(name)?.memory === 'shared'
  const leaves = leavesOf(body).map(({ leaf }) => leaf)
  return {
    reads: new Set(flatMap(leaves, leaf => loadsOf(leaf.value).map(load => load.buffer)).filter(isShared)),
    writes: new Set(leaves.map(leaf => leaf.buffer).filter(isShared)),
  }
}

/**
 * Whether an iteration of a loop must wait until all threads have finished the one before: they share an element, and at least one of the two writes it.
 *
 * @param since what the threads may still be doing
 * @param around the loops around the statements, that loop last
 */
export function conflictsWithNext(
  since: Footprint,
  body: readonly Statement[],
  around: readonly Loop[],
  nest: Nest,
): boolean {
  const loop = around.at(-1) as Loop
  const next = footprint(body, nest)
  const onlyWritten = (name: string) => since.writes.has(name) && next.writes.has(name)
  const apart = [...next.writes].filter(name => onlyWritten(name) && storesApart(nest, name, loop, around.slice(0, -1)))
  const writes = new Set([...next.writes].filter(name => !apart.includes(name)))
  return (
    intersects(since.writes, next.reads) || intersects(since.writes, writes) || intersects(since.reads, next.writes)
  )
}

const intersects = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => [...a].some(name => b.has(name))
export const conflict = (a: Footprint, b: Footprint): boolean =>
  intersects(a.writes, b.reads) || intersects(a.writes, b.writes) || intersects(a.reads, b.writes)
