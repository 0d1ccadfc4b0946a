/** What an author can do where threads would share packed words: let the elements meet in shared memory first. */
import type { Buffer, Loop, Nest } from '@qernel/dsl'
import { type LeafPath, leavesOf } from '../nest/statements.ts'
import { cacheStores } from '../rewrites/caching-stores.ts'
import type { Step } from '../steps/transform.ts'
import { isRefusal } from './refusal.ts'
import { type NativeTypes, storeUnit } from './whole-words.ts'

/** A `cache` step for each packed result that can wait in a tile, at the innermost loop of its workgroup where that goes. */
export function cachesOfResults(nest: Nest, native: NativeTypes): Step[] {
  return leavesOf(nest.body).flatMap((path): Step[] => {
    const buffer = nest.buffers.get(path.leaf.buffer) as Buffer
    if (storeUnit(buffer, native) === 1) return []
    const at = placeFor(nest, path)
    if (at === undefined) return []
    return [{ transform: 'cache', buffer: buffer.name, memory: 'shared', at: at.name, stage: path.leaf.stage }]
  })
}

function placeFor(nest: Nest, { leaf, around }: LeafPath): Loop | undefined {
  const grid = around.findLastIndex(l => l.mode.startsWith('grid'))
  const block = around.findIndex(l => l.mode.startsWith('block'))
  const places = grid < 0 ? [] : around.slice(grid, block < 0 ? around.length - 1 : block)
  return places
    .reverse()
    .find(at => !isRefusal(cacheStores(nest, leaf.buffer, at, around.slice(0, around.indexOf(at)))))
}
