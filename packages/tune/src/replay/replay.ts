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

/** A clock that only the recorded costs move, and what was found by when. */
export class ReplayClock {
  readonly found: Improvement[] = []
  readonly #space: RecordedSpace
  readonly #limit: number
  #seconds = 0
  #best = Number.POSITIVE_INFINITY

  /** @param limit when it is over, in seconds */
  constructor(space: RecordedSpace, limit: number) {
    this.#space = space
    this.#limit = limit
  }

  get isOver(): boolean {
    return this.#seconds >= this.#limit
  }

  /** Moves the clock by a share of what the candidate costs. */
  pass(candidate: Candidate, share = 1): void {
    const { time = Number.POSITIVE_INFINITY, costSeconds } = this.#space.outcome(candidate)
    this.#seconds += costSeconds * share
    if (time >= this.#best) return
    this.#best = time
    this.found.push({ at: this.#seconds, time })
  }
}

/** Asks for one candidate after another, until the clock passes a limit. A candidate that is asked for again costs the share of its cost that `effort` says. */
export async function replay(
  space: RecordedSpace,
  strategy: Strategy,
  seed: number,
  seconds: number,
): Promise<Improvement[]> {
  const search = strategy.start(space, { seed, budget: undefined })
  const seen = new Set<string>()
  const clock = new ReplayClock(space, seconds)
  while (!clock.isOver) {
    const candidate = await search.next()
    if (candidate === undefined) break
    search.tell(space.outcome(candidate))
    clock.pass(candidate, seen.has(candidate.id) ? (search.effort?.() ?? 1) : 1)
    seen.add(candidate.id)
  }
  return clock.found
}
