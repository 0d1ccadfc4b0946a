/** One workgroup writes each result: a statement beside a grid loop would run once for each of its iterations, or never. */
import type { LoopMode, Nest } from '@qernel/dsl'
import { type Refusal, refuse } from './refusal.ts'
import { leavesOf, loopsOf } from './statements.ts'

export function findRepeatedStore(nest: Nest): Refusal | undefined {
  for (const statement of nest.body) {
    const grid = new Map<LoopMode, { id: number; name: string }>()
    for (const { loop } of loopsOf([statement])) if (loop.mode.startsWith('grid')) grid.set(loop.mode, loop)
    if (grid.size === 0) continue
    for (const { leaf, around } of leavesOf([statement])) {
      if (nest.buffers.get(leaf.buffer)?.memory !== 'global') continue
      for (const [mode, { id, name }] of grid)
        if (!around.some(l => l.mode === mode))
          return refuse(
            'not-nested',
            `${name} would be ${mode}, and ${leaf.buffer}, which is written beside it, would be written by every workgroup along ${mode.slice(-1)}`,
            [id],
          )
    }
  }
  return undefined
}
