/** Collects elements that share words before they are stored, by steps after the author's own and by loops split so that they hold whole words. */
import { type Buffer, isBlock, isBound, isGrid, type Kernel, type Loop, type Nest } from '@qernel/dsl'
import { flatMap, greatestCommonDivisor, nameOfStage } from '@qernel/dsl/internal'
import { isField } from '../named/record-schedule.ts'
import { type LeafPath, leavesOf } from '../nest/statements.ts'
import { cacheStores } from '../rewrites/caching-stores.ts'
import type { Step } from '../steps/transform.ts'
import { cache } from '../transforms/cache.ts'
import { isRefusal } from './refusal.ts'
import { type NativeTypes, storeUnit } from './whole-words.ts'

type Memory = 'shared' | 'register'

/**
 * A `cache` step for each packed result that can be kept in a tile: in shared memory at the innermost loop of its workgroup, or in the
 * registers of the thread that computes whole words. The first memory that works is used.
 */
export function cachesOfResults(nest: Nest, native: NativeTypes, memories: readonly Memory[] = ['shared']): Step[] {
  return flatMap(leavesOf(nest.body), (path): Step[] => {
    const buffer = nest.buffers.get(path.leaf.buffer) as Buffer
    if (storeUnit(buffer, native) === 1) return []
    for (const memory of memories) {
      const at = placeFor(nest, path, memory)
      if (at !== undefined) return [cache({ buffer: buffer.name, memory, at: at.name, stage: path.leaf.stage })]
    }
    return []
  })
}

function placeFor(nest: Nest, { leaf, around }: LeafPath, memory: Memory): Loop | undefined {
  const grid = around.findLastIndex(l => isGrid(l.mode))
  const block = around.findIndex(l => isBlock(l.mode))
  const ofWorkgroup = grid < 0 ? [] : around.slice(grid, block < 0 ? around.length - 1 : block).reverse()
  const ofThread = around.slice(
    Math.max(
      0,
      around.findLastIndex(l => isBound(l.mode)),
    ),
  )
  const places = memory === 'shared' ? ofWorkgroup : ofThread
  return places.find(at => !isRefusal(cacheStores(nest, leaf.buffer, memory, at, around.slice(0, around.indexOf(at)))))
}

/** Groups that begin and end inside a word. */
export interface PartWordGroups {
  readonly axis: string
  /** The fewest groups that together fill whole words. */
  readonly count: number
}

/** The stages that write groups of part words, by name. Vectors own the words that lie within one group. */
export function partWordGroups(kernel: Kernel, native: NativeTypes): ReadonlyMap<string, PartWordGroups> {
  const found = new Map<string, PartWordGroups>()
  for (const stage of kernel.stages) {
    const buffer = kernel.tensors.find(({ name }) => name === stage.tensor) as Buffer
    const terms = [...(stage.index.at(-1)?.terms ?? [])].sort(([, a], [, b]) => b - a)
    const [outermost] = terms
    if (outermost === undefined || terms.length < 2 || isField(kernel, stage)) continue
    const [id, length] = outermost
    const unit = storeUnit(buffer, native)
    const count = unit / greatestCommonDivisor(length, unit)
    const axis = stage.axes.find(one => one.id === id)
    if (count > 1 && axis !== undefined) found.set(nameOfStage(stage), { axis: axis.name, count })
  }
  return found
}
