/** Predicates on loop modes: what runs a loop. */
import type { Dimension, LoopMode } from './ir.ts'

/** How a loop runs, regardless of the dimension of the grid or workgroup. */
export type LoopKind = 'serial' | 'unroll' | 'vector' | 'grid' | 'block'

const kinds: Readonly<Record<LoopMode, readonly [kind: LoopKind, dimension?: Dimension]>> = {
  serial: ['serial'],
  unroll: ['unroll'],
  vector: ['vector'],
  'grid.x': ['grid', 'x'],
  'grid.y': ['grid', 'y'],
  'grid.z': ['grid', 'z'],
  'block.x': ['block', 'x'],
  'block.y': ['block', 'y'],
  'block.z': ['block', 'z'],
}

/** The kind of a mode. */
export const kindOf = (mode: LoopMode): LoopKind => kinds[mode][0]

/** Whether the iterations of a loop are workgroups. */
export const isGrid = (mode: LoopMode): boolean => kindOf(mode) === 'grid'

/** Whether the iterations of a loop are the threads of a workgroup. */
export const isBlock = (mode: LoopMode): boolean => kindOf(mode) === 'block'

/** Whether the iterations of a loop are workgroups or threads, rather than sequential steps in one thread. */
export const isBound = (mode: LoopMode): boolean => dimensionOf(mode) !== undefined

/** The dimension of the grid or of a workgroup; undefined for a loop inside a thread. */
export const dimensionOf = (mode: LoopMode): Dimension | undefined => kinds[mode][1]
