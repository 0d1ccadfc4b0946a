import { isBlock, isGrid, kindOf, type Loop, type LoopId, type LoopKind, loadsOf, type Nest } from '@qernel/dsl'
import * as v from 'valibot'
import { isRefusal, type Refusal, refuse } from '../legality/refusal.ts'
import { isMeant, type LoopPath, leavesOf, pathTo } from '../nest/statements.ts'
import { cacheLoads } from '../rewrites/caching.ts'
import { cacheStores } from '../rewrites/caching-stores.ts'
import { copyByThreads } from '../rewrites/cooperative-copies.ts'
import { loopsNamed, nearestFirst } from '../rewrites/loop-selection.ts'
import { bufferName, choice, loopName } from '../steps/parameters.ts'
import { defineTransform } from '../steps/transform.ts'

/**
 * First copies the part of a tensor that the threads inside a loop read into shared memory or registers, and reads the copy.
 * If the loop writes the tensor, the copy works the other way: the results are collected in shared memory, and loops named `NAME_out`
 * write them from there in whole words, each word by one thread.
 * `at` names the loop in whose body the copy is made. By default it is the innermost grid loop for shared memory, and the innermost
 * block loop for registers. Codes that sums use only as floats are converted once, by the copy. Lowering places the barriers. Later steps can refer to
 * the loops of a copy by its name: `split(loop=t,by=4,stage=x_tile)`.
 *
 * Each thread copies what it would have loaded itself. With `by=threads`, the threads of the workgroup make one copy in shared memory together, 16 bytes at
 * a time where rows divide: of what all of them read, such as a query, or of a table that is read at an index from the data, which is copied whole. Bind
 * the threads first. The loops of such a copy are named after it: `x_tile_x`, `x_tile_vec`.
 *
 *     grid.x d in D/16                  grid.x d in D/16
 *       block.x d_in in 16                shared x_tile: f32[16]
 *         q[16·d + d_in] = x[…]     →     block.x d_in in 16
 *                                           x_tile[d_in] = x[16·d + d_in]
 *                                         block.x d_in in 16
 *                                           q[16·d + d_in] = x_tile[d_in]
 */
export const cache = defineTransform({
  name: 'cache',
  summary: 'first copies the part of a tensor that the threads inside a loop read into shared memory or registers',
  parameters: v.strictObject({
    buffer: bufferName(),
    memory: choice(['shared', 'register']),
    at: v.optional(loopName()),
    by: v.optional(choice(['threads'])),
  }),
  numerics: 'exact',
  example: 'tile(t=16,d=16) cache(buffer=x,memory=shared)',
  apply(nest, { buffer, memory, at, by }, context): Nest | Refusal {
    const source = nest.buffers.get(buffer)
    const global = [...nest.buffers.values()].filter(b => b.memory === 'global' && b.role !== 'output').map(b => b.name)
    if (source === undefined)
      return refuse('no-such-buffer', `there is no tensor ${buffer}`, [], nearestFirst(buffer, global))
    if (source.memory !== 'global')
      return refuse('no-such-buffer', `${buffer} is already in ${source.memory} memory`, [], global)
    if (by === 'threads' && memory === 'register')
      return refuse(
        'bad-argument',
        'registers belong to one thread, so all threads can fill only shared memory',
        [],
        ['memory=shared'],
      )
    const places = at === undefined ? defaultPlaces(nest, buffer, memory, context.stage) : loopsNamed(nest, at, context)
    if (!Array.isArray(places)) return places
    let next = nest
    const taken = new Set<LoopId>()
    for (const place of places) {
      const { loop, around } = pathTo(next, place.loop.id) ?? place
      // The copy made around this loop serves it as well.
      if (around.some(l => taken.has(l.id)) && !touches(loop, buffer)) continue
      taken.add(loop.id)
      const chain = [...around, loop]
      if (loop.mode === 'vector')
        return refuse(
          'not-nested',
          `${loop.name} is a vector loop, which can contain only one statement; copy outside it`,
          [loop.id],
          around
            .filter(l => l.mode !== 'vector')
            .map(l => `at=${l.name}`)
            .reverse(),
        )
      if (memory === 'shared' && chain.some(l => isBlock(l.mode)))
        return refuse(
          'not-nested',
          `${loop.name} belongs to one thread; a whole workgroup makes a copy in shared memory`,
          [loop.id],
          around
            .filter(l => isGrid(l.mode))
            .map(l => `at=${l.name}`)
            .reverse(),
        )
      if (memory === 'shared' && !chain.some(l => isGrid(l.mode)))
        return refuse(
          'not-nested',
          `${loop.name} is outside every workgroup; bind its loops to the grid first`,
          [loop.id],
          ['tile(t=16,d=16)'],
        )
      const result =
        by === 'threads'
          ? copyByThreads(next, buffer, loop, around)
          : isOnlyWritten(loop, buffer)
            ? cacheStores(next, buffer, memory, loop, around)
            : cacheLoads(next, buffer, memory, { at: loop.id })
      if (isRefusal(result)) return result
      next = result
    }
    return next
  },
})

/** Whether a statement in a loop reads or writes a buffer. */
const touches = (loop: Loop, buffer: string): boolean =>
  leavesOf(loop.body).some(
    ({ leaf }) => leaf.buffer === buffer || loadsOf(leaf.value).some(load => load.buffer === buffer),
  )

const isOnlyWritten = (loop: Loop, buffer: string): boolean => {
  const leaves = leavesOf(loop.body).map(({ leaf }) => leaf)
  return (
    leaves.some(leaf => leaf.buffer === buffer) &&
    !leaves.some(leaf => loadsOf(leaf.value).some(load => load.buffer === buffer))
  )
}

/** The innermost grid or block loop around each load of the buffer, or around its stores if nothing loads it. */
function defaultPlaces(
  nest: Nest,
  buffer: string,
  memory: 'shared' | 'register',
  stage: string | undefined,
): LoopPath[] | Refusal {
  const places = new Map<number, LoopPath>()
  const kind: LoopKind = memory === 'shared' ? 'grid' : 'block'
  const inStage = leavesOf(nest.body).filter(({ leaf }) => isMeant(leaf, stage))
  const readers = inStage.filter(({ leaf }) => loadsOf(leaf.value).some(load => load.buffer === buffer))
  const users = readers.length > 0 ? readers : inStage.filter(({ leaf }) => leaf.buffer === buffer)
  for (const { around } of users) {
    const position = around.findLastIndex(l => kindOf(l.mode) === kind)
    const loop = around[position]
    if (loop === undefined)
      return refuse(
        'not-nested',
        `${buffer} is ${readers.length > 0 ? 'read' : 'written'} where no loop is bound to the ${kind}; tile first, or name a loop with at=`,
        around.map(l => l.id),
        ['tile(t=16,d=16)'],
      )
    places.set(loop.id, { loop, around: around.slice(0, position) })
  }
  return places.size === 0
    ? refuse('no-such-buffer', `no statement reads or writes ${buffer}`, [])
    : [...places.values()]
}
