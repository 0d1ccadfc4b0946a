import { type Dimension, isBound, type Loop, type LoopId, type Nest, type Statement } from '@qernel/dsl'
import { flatMap } from '@qernel/dsl/internal'
import { areIndependent } from '../legality/iterations.ts'
import { isRefusal, type Refusal, refuse } from '../legality/refusal.ts'
import { type LoopPath, loopsOf, pathTo, replaceLoopIn } from '../nest/statements.ts'
import { axisLoops, freshName } from '../rewrites/loop-selection.ts'
import { splitLoop } from '../rewrites/splitting.ts'
import { axesOf, axisFactors } from '../steps/parameters.ts'
import { defineTransform } from '../steps/transform.ts'
import { bindLoop } from './bind.ts'

const dimensions: readonly Dimension[] = ['x', 'y', 'z']

/**
 * Maps one tile to each workgroup and one element to each thread. It splits the axes, moves the loops of the tile inside, and binds the
 * outer loops to the grid and the inner ones to the block, the last axis to x. Axes that are not named become grid loops. Tile
 * sizes count the elements of a tile, so a later `vectorize` or `coarsen` keeps the tile and uses fewer threads.
 *
 *     for t in T             grid.y t in T/16
 *       for d in D      →      grid.x d in D/16
 *         q[t, d] = …            block.y t_in in 16
 *                                  block.x d_in in 16
 *                                    q[16·t + t_in, 16·d + d_in] = …   if …
 */
export const tile = defineTransform({
  name: 'tile',
  summary: 'maps one tile to each workgroup and one element to each thread (split, reorder and bind in one)',
  parameters: axisFactors({}, [1, 2, 4, 8, 16, 32, 64, 128, 256]),
  numerics: 'exact',
  example: 'tile(t=16,d=16)',
  apply(nest, args, context): Nest | Refusal {
    const sizes = axesOf<number>(args, [])
    if (sizes.length === 0)
      return refuse(
        'bad-argument',
        'no axis is named; write the size of the tile along each axis, such as tile(t=16,d=16)',
      )
    const found = axisLoops(
      nest,
      sizes.map(([axis]) => axis),
      l => l.mode === 'serial',
      'is still serial; tile before bind, or name another axis',
      context,
    )
    if ('refused' in found) return found
    let next = nest
    const roots = new Set<LoopId>()
    for (const paths of found.values()) for (const { loop, around } of paths) roots.add((around[0] ?? loop).id)
    const innerNames = new Map(sizes.map(([axis]) => [axis, freshName(nest, `${axis}_in`, context)]))
    for (const [axis, size] of sizes)
      for (const { loop } of found.get(axis) ?? []) {
        if (size === 1) continue
        const result = splitLoop(next, loop.id, size, { innerName: innerNames.get(axis) as string })
        if (isRefusal(result)) return result
        next = result
      }
    for (const root of roots) {
      const result = bindTile(next, root, new Set(innerNames.values()))
      if (isRefusal(result)) return result
      next = result
    }
    return next
  },
})

/** Moves the outer loops outside and the loops of the tile inside, and binds both. */
function bindTile(nest: Nest, root: LoopId, innerNames: ReadonlySet<string>): Nest | Refusal {
  const chain: Loop[] = []
  let at: Statement | undefined = nest.body.find(s => s.kind === 'loop' && s.id === root)
  while (at?.kind === 'loop' && areIndependent(at) && at.mode === 'serial') {
    chain.push(at)
    if (at.body.length !== 1) break
    at = at.body[0]
  }
  const below = loopsOf(nest.body).filter(({ loop, around }) => loop.id === root || around[0]?.id === root)
  const bound = below.find(({ loop }) => isBound(loop.mode))
  if (bound !== undefined)
    return refuse('already-bound', `${bound.loop.name} is already ${bound.loop.mode}; tile each stage once`, [
      bound.loop.id,
    ])
  const outermost = (below[0] as LoopPath).loop
  const innermost = chain.at(-1)
  if (innermost === undefined)
    return refuse('not-serial', `${outermost.name} is ${outermost.mode}; tile before it`, [outermost.id])
  const apart = below.find(({ loop }) => innerNames.has(loop.name) && areIndependent(loop) && !chain.includes(loop))
  if (apart !== undefined)
    return refuse(
      'not-nested',
      `there are other statements beside the loops of axis ${apart.loop.axis}, so they cannot become the threads of one tile; tile first`,
      flatMap(below, ({ loop }) => (loop.axis === apart.loop.axis ? [loop.id] : [])),
    )
  const outer = chain.filter(l => !innerNames.has(l.name))
  const inner = chain.filter(l => innerNames.has(l.name))
  if (outer.length > 3)
    return refuse(
      'not-nested',
      `${outer.length} loops would become grid loops; a grid has 3 dimensions`,
      outer.map(l => l.id),
    )
  const order = [...outer, ...inner]
  const last = order.at(-1) as Loop
  const body = order.reduceRight<readonly Statement[]>((inside, l) => [{ ...l, body: inside }], innermost.body)
  const buffers = new Map(
    [...nest.buffers].map(([name, b]) => [name, b.scope === innermost.id ? { ...b, scope: last.id } : b]),
  )
  let next: Nest = { ...replaceLoopIn(nest, root, () => body), buffers }
  for (const [loops, kind] of [
    [outer, 'grid'],
    [inner, 'block'],
  ] as const)
    for (const [position, loop] of loops.entries()) {
      const path = pathTo(next, loop.id)
      const dimension = dimensions[loops.length - 1 - position]
      if (path === undefined || dimension === undefined)
        return refuse(
          'not-nested',
          `a workgroup has 3 dimensions; ${loops.length} axes are tiled`,
          loops.map(l => l.id),
        )
      const result = bindLoop(next, path, `${kind}.${dimension}`)
      if (isRefusal(result)) return result
      next = result
    }
  return next
}
