/** How often a statement runs: the points of its loops at which every guard holds. */
import { affine, type Guard, type Loop, type LoopId } from '@qernel/dsl'

export interface PointCount {
  /** Points at which the statement runs. */
  readonly executed: number
  /** Points that differ in the loops of interest: as often as it would run if no other loop repeated it. */
  readonly distinct: number
}

/**
 * Loops that share a guard are walked together, all others are factors: exact, and cheap where tiles bound their own axis only.
 *
 * @param of the loops whose values tell points apart
 */
export function countPoints(
  around: readonly Loop[],
  where: readonly Guard[],
  of: ReadonlySet<LoopId>,
  sizes: ReadonlyMap<string, number>,
): PointCount {
  let executed = 1
  let distinct = 1
  for (const loops of components(around, where)) {
    const ids = new Set(loops.map(loop => loop.id))
    const own = where.filter(guard => [...guard.index.terms.keys()].some(id => ids.has(id)))
    const count = own.length === 0 ? unguarded(loops, of, sizes) : walked(loops, own, of, sizes)
    executed *= count.executed
    distinct *= count.distinct
  }
  const constant = where.filter(guard => guard.index.terms.size === 0)
  const runs = constant.every(
    guard => guard.index.constant < affine.extentValue(guard.below, sizes) !== (guard.peeled === 'tail'),
  )
  return runs ? { executed, distinct } : { executed: 0, distinct: 0 }
}

/** The loops in groups, such that no guard speaks of two groups. */
function components(around: readonly Loop[], where: readonly Guard[]): readonly (readonly Loop[])[] {
  let groups: Loop[][] = around.map(loop => [loop])
  for (const { index } of where) {
    const touched = groups.filter(group => group.some(loop => index.terms.has(loop.id)))
    if (touched.length > 1) groups = [...groups.filter(group => !touched.includes(group)), touched.flat()]
  }
  return groups
}

function unguarded(loops: readonly Loop[], of: ReadonlySet<LoopId>, sizes: ReadonlyMap<string, number>): PointCount {
  let executed = 1
  let distinct = 1
  for (const { id, extent } of loops) {
    const iterations = affine.extentValue(extent, sizes)
    executed *= iterations
    distinct *= of.has(id) ? iterations : Math.min(1, iterations)
  }
  return { executed, distinct }
}

function walked(
  loops: readonly Loop[],
  where: readonly Guard[],
  of: ReadonlySet<LoopId>,
  sizes: ReadonlyMap<string, number>,
): PointCount {
  // Loops of interest outermost: once an inner point holds, the rest of its subtree only adds to `executed`.
  const order = [...loops.filter(loop => of.has(loop.id)), ...loops.filter(loop => !of.has(loop.id))]
  const interesting = loops.filter(loop => of.has(loop.id)).length
  const extents = order.map(loop => affine.extentValue(loop.extent, sizes))
  const guards = where.map(({ index, below }) => ({
    below: affine.extentValue(below, sizes),
    steps: order.map(loop => affine.coefficient(index, loop.id)),
  }))
  const left = where.map(({ index }, i) => (guards[i]?.below ?? 0) - index.constant)
  let distinct = 0
  const walk = (depth: number, room: readonly number[]): number => {
    if (depth === order.length) return room.every((r, g) => r > 0 !== (where[g]?.peeled === 'tail')) ? 1 : 0
    let executed = 0
    for (let i = 0; i < (extents[depth] as number); i++) {
      const inside = walk(
        depth + 1,
        room.map((r, g) => r - i * (guards[g]?.steps[depth] ?? 0)),
      )
      executed += inside
      if (depth === interesting - 1 && inside > 0) distinct++
    }
    return executed
  }
  const executed = walk(0, left)
  return { executed, distinct: interesting === 0 ? Math.min(1, executed) : distinct }
}
