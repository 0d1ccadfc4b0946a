/** Replays a search on a recorded space, on a clock that only the recorded costs move. */
import type { Candidate } from '../candidate.ts'
import type { Strategy } from '../strategy/strategy.ts'
import type { RecordedSpace } from './recorded-space.ts'

/** A time at which a search found something better than before. */
export interface Improvement {
  /** Seconds since the search began. */
  readonly at: number
  /** Microseconds. */
  readonly time: number
}

/** Asks for one candidate after another, until the clock passes a limit. A candidate that is asked for again costs the share of its cost that `effort` says. */
export function replay(space: RecordedSpace, strategy: Strategy, seed: number, seconds: number): Improvement[] {
  const search = strategy.start(space, { seed, budget: undefined })
  const seen = new Set<string>()
  return improvements(space, seconds, () => {
    const candidate = search.next()
    if (candidate === undefined) return undefined
    const outcome = space.outcome(candidate)
    const share = seen.has(candidate.id) ? (search.effort?.() ?? 1) : 1
    seen.add(candidate.id)
    search.tell(outcome)
    return { candidate, share }
  })
}

/** The improvements of a sequence of candidates, each with the share of its cost that it takes. */
export function improvements(
  space: RecordedSpace,
  seconds: number,
  next: () => { readonly candidate: Candidate; readonly share: number } | undefined,
): Improvement[] {
  const found: Improvement[] = []
  let clock = 0
  let best = Number.POSITIVE_INFINITY
  while (clock < seconds) {
    const asked = next()
    if (asked === undefined) break
    const { time = Number.POSITIVE_INFINITY, costSeconds } = space.outcome(asked.candidate)
    clock += costSeconds * asked.share
    if (time < best) {
      best = time
      found.push({ at: clock, time })
    }
  }
  return found
}
