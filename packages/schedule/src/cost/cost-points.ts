/** How often a statement runs: the points of its loops at which every guard holds. */
import { affine, type Guard, type Loop, type LoopId } from '@qernel/dsl'

export interface PointCount {
  /** Points at which the statement runs. */
  readonly executed: number
  /** Points that differ in the loops of interest: how often it would run if no other loop repeated it. */
  readonly distinct: number
}

/**
 * Loops that share a guard are counted together, all others are factors. The count is exact, and its time does not grow with the sizes.
 *
 * @param of the loops whose values distinguish points
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
    const count = own.length === 0 ? unguarded(loops, of, sizes) : guarded(loops, own, of, sizes)
    executed *= count.executed
    distinct *= count.distinct
  }
  const constant = where.filter(guard => guard.index.terms.size === 0)
  const runs = constant.every(
    guard => guard.index.constant < affine.extentValue(guard.below, sizes) !== (guard.peeled === 'tail'),
  )
  return runs ? { executed, distinct } : { executed: 0, distinct: 0 }
}

/** Groups the loops so that no guard involves two groups. */
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

function guarded(
  loops: readonly Loop[],
  where: readonly Guard[],
  of: ReadonlySet<LoopId>,
  sizes: ReadonlyMap<string, number>,
): PointCount {
  const bounds = where.map(({ index, below, peeled }): Bound => {
    const room = affine.extentValue(below, sizes) - index.constant
    return { room, isTail: peeled === 'tail' }
  })
  const walks = loops
    .map(({ id, extent }): Walk => {
      const steps = where.map(({ index }) => affine.coefficient(index, id))
      return { id, iterations: affine.extentValue(extent, sizes), steps }
    })
    // The larger the step of a loop, the fewer of its iterations straddle a bound.
    .sort((a, b) => farthest(b) - farthest(a))
  const executed = pointsInside(walks, bounds)
  if (executed === 0) return { executed, distinct: 0 }
  const own = walks.filter(({ id }) => of.has(id))
  const others = walks.filter(({ id }) => !of.has(id))
  const isLowest = bounds.every(({ isTail }) => !isTail) && others.every(({ steps }) => steps.every(step => step >= 0))
  // If all bounds are most easily met at the start of the other loops, those loops decide nothing.
  return { executed, distinct: isLowest ? pointsInside(own, bounds) : pointsInside(own, bounds, others) }
}

/** A guard: the room below its bound. A tail requires at least that much. */
interface Bound {
  readonly room: number
  readonly isTail: boolean
}

interface Walk {
  readonly id: LoopId
  readonly iterations: number
  /** How far one iteration moves the index of each guard. */
  readonly steps: readonly number[]
}

const farthest = ({ steps }: Walk): number => Math.max(0, ...steps.map(Math.abs))

/**
 * The points of the walks that meet every bound. The iterations of a walk that meet a bound regardless of the inner
 * walks form a range, and so do those that miss it. Only the iterations in between are examined: for the digits of one
 * axis, one iteration per walk.
 *
 * @param more walks for which one point that meets the bounds is enough
 */
function pointsInside(walks: readonly Walk[], bounds: readonly Bound[], more: readonly Walk[] = []): number {
  const [walk, ...inner] = walks
  if (walk === undefined) {
    if (more.length > 0) return pointsInside(more, bounds) > 0 ? 1 : 0
    return bounds.every(({ room, isTail }) => room > 0 !== isTail) ? 1 : 0
  }
  if ([...walks, ...more].some(({ iterations }) => iterations <= 0)) return 0
  const below = [...inner, ...more]
  let whole: Range = { from: 0, to: walk.iterations }
  let some: Range = whole
  for (const [g, { room, isTail }] of bounds.entries()) {
    const step = walk.steps[g] as number
    const ends = below.map(({ iterations, steps }) => (steps[g] as number) * (iterations - 1))
    const low = ends.reduce((sum, end) => sum + Math.min(0, end), 0)
    const high = ends.reduce((sum, end) => sum + Math.max(0, end), 0)
    whole = overlap(whole, isTail ? notBelow(step, room - low) : isBelow(step, room - high))
    some = overlap(some, isTail ? notBelow(step, room - high) : isBelow(step, room - low))
  }
  const each = inner.reduce((product, { iterations }) => product * iterations, 1)
  let points = length(whole) * each
  const across =
    length(whole) === 0
      ? [some]
      : [
          { ...some, to: whole.from },
          { ...some, from: whole.to },
        ]
  for (const { from, to } of across)
    for (let i = from; i < to; i++)
      points += pointsInside(
        inner,
        bounds.map((bound, g) => ({ ...bound, room: bound.room - i * (walk.steps[g] as number) })),
        more,
      )
  return points
}

/** Iterations `from … to − 1`. */
interface Range {
  readonly from: number
  readonly to: number
}

const length = ({ from, to }: Range): number => Math.max(0, to - from)
const overlap = (a: Range, b: Range): Range => ({ from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) })
const nothing: Range = { from: 0, to: 0 }
const all: Range = { from: 0, to: Number.POSITIVE_INFINITY }

/** The iterations `i ≥ 0` with `i · step < room`. */
function isBelow(step: number, room: number): Range {
  if (step === 0) return room > 0 ? all : nothing
  return step > 0 ? { ...all, to: Math.ceil(room / step) } : { ...all, from: Math.floor(room / step) + 1 }
}

/** The iterations `i ≥ 0` with `i · step ≥ room`. */
function notBelow(step: number, room: number): Range {
  if (step === 0) return room > 0 ? nothing : all
  return step > 0 ? { ...all, from: Math.ceil(room / step) } : { ...all, to: Math.floor(room / step) + 1 }
}
