/** Finds hazards on shared memory, which require a barrier between statements. */
import { loadsOf, type Nest, type Statement } from '@qernel/dsl'
import { flatMap } from '@qernel/dsl/internal'
import { leavesOf } from '@qernel/schedule'

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

const intersects = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean => [...a].some(name => b.has(name))
export const conflict = (a: Footprint, b: Footprint): boolean =>
  intersects(a.writes, b.reads) || intersects(a.writes, b.writes) || intersects(a.reads, b.writes)
