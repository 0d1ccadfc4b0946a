/** How a search begins: schedules added by hand, then candidates that are far apart. */
import type { Candidate, Space } from '../candidate.ts'
import type { Asked } from './asked.ts'
import { Spread } from './features.ts'

/** Each candidate of the opening is the one of this many draws that is farthest from those before it. */
const draws = 8

/**
 * The candidates to begin with: `space.first`, then `count` that are spread over the space, since a few neighbours can all lack what makes a
 * candidate fast. If the space predicts times, the first of them is the draw that looks fastest.
 */
export async function* opening(space: Space, asked: Asked, count: number): AsyncGenerator<Candidate> {
  const chosen: Candidate[] = []
  for (const candidate of space.first ?? []) {
    if (asked.has(candidate)) continue
    chosen.push(candidate)
    yield candidate
  }
  const spread = new Spread()
  for (let i = 0; i < count; i++) {
    const drawn = await asked.several(draws)
    for (const candidate of drawn) spread.see(candidate)
    const apart = (candidate: Candidate) => Math.min(...chosen.map(other => spread.distance(candidate, other)))
    const next = chosen.length === 0 ? looksFastest(space, drawn) : greatest(drawn, apart)
    if (next === undefined) return
    chosen.push(next)
    yield next
  }
}

/** Without predictions, the first. */
const looksFastest = (space: Space, drawn: readonly Candidate[]): Candidate | undefined =>
  greatest(drawn, candidate => -(space.estimate?.(candidate) ?? 0))

/** The one with the greatest value; of several, the first. */
export function greatest<T>(from: Iterable<T>, rate: (one: T) => number): T | undefined {
  let found: T | undefined
  let most = Number.NEGATIVE_INFINITY
  for (const one of from) {
    const value = rate(one)
    if (found === undefined || value > most) {
      found = one
      most = value
    }
  }
  return found
}
