/**
 * The score by which the auto-tuning community compares strategies: F.-J. Willemsen, R. Schoonhoven, J. Filipovič, J. Tørring, R. van Nieuwpoort, B. van Werkhoven,
 * "A methodology for comparing optimization algorithms for auto-tuning", Future Generation Computer Systems 159, 2024.
 *
 *     P(t) = (B(t) − S(t)) / (B(t) − O),   score = mean of P(t) over 0 < t ≤ t95
 *
 * B(t) and S(t) are the mean best times that the baseline, random search without repetition, and the strategy have found after t seconds of the recorded costs; O is
 * the best time of the space; t95 is when B(t) has come 95% of the way from the median of the space to O. 0 is as good as random search, 1 is to know the best from the start. Until a
 * search has found anything that is correct, its best time counts as the median. The aggregate is the mean over spaces.
 *
 * The published program (autotuning_methodology) estimates the same curves in another way: it averages ranks rather than times, converts time to candidates by mean cost, and
 * starts where the baseline has come 1% of the way. Where the baseline needs only few candidates, random search itself is then far from 0; here it is 0 by construction.
 */

import { randomNumbers } from '@qernel/dsl/internal'
import type { Candidate } from '../candidate.ts'
import type { Strategy } from '../strategy/strategy.ts'
import type { RecordedSpace } from './recorded-space.ts'
import { type Improvement, ReplayClock, replay } from './replay.ts'

/** Random searches that the baseline is the mean of. */
const baselineRuns = 1000
/** Times at which curves are compared. */
const resolution = 200
const cutoff = 0.95

/** What scores on a space refer to. */
export interface Baseline {
  /** Microseconds: the best of the space, and its median. */
  readonly optimum: number
  readonly median: number
  /** Seconds until random search has come 95% of the way. */
  readonly seconds: number
  /** The mean best time of random search at each of the times that are compared, microseconds. */
  readonly best: readonly number[]
}

/** A score with its standard error over seeds. */
export interface Score {
  readonly score: number
  readonly error: number
}

/** The baseline of a space: a thousand random searches, always the same ones. */
export function baselineOf(space: RecordedSpace): Baseline {
  const all = [...space.candidates()]
  const times = all.flatMap(candidate => space.outcome(candidate).time ?? []).sort((a, b) => a - b)
  const [optimum] = times
  if (optimum === undefined) throw new RangeError('no candidate of the recorded space is correct')
  const median = ((times[(times.length - 1) >> 1] as number) + (times[times.length >> 1] as number)) / 2
  const goal = optimum + (median - optimum) * (1 - cutoff)
  const meanCost = all.reduce((sum, each) => sum + space.outcome(each).costSeconds, 0) / all.length
  const good = times.filter(time => time <= goal).length
  // Random search meets one of the good ones after this many candidates; the mean comes near the goal a few times later.
  for (let limit = (10 * all.length * meanCost) / (good + 1); ; limit *= 2) {
    const runs = Array.from({ length: baselineRuns }, (_, seed) => randomRun(space, all, seed, limit))
    const mean = (at: number) => runs.reduce((sum, run) => sum + bestAt(run, at, median), 0) / runs.length
    if (mean(limit) > goal) continue
    const seconds = firstTime(at => mean(at) <= goal, limit)
    return { optimum, median, seconds, best: instants(seconds).map(mean) }
  }
}

function randomRun(space: RecordedSpace, all: readonly Candidate[], seed: number, seconds: number): Improvement[] {
  const clock = new ReplayClock(space, seconds)
  for (const candidate of drawn(all, randomNumbers(seed))) {
    if (clock.isOver) break
    clock.pass(candidate)
  }
  return clock.found
}

/** All of them in random order (Fisher and Yates), at the price of those that are taken. */
function* drawn<T>(from: readonly T[], random: () => number): Generator<T, undefined> {
  const moved = new Map<number, number>()
  for (let i = 0; i < from.length; i++) {
    const j = i + Math.floor(random() * (from.length - i))
    yield from[moved.get(j) ?? j] as T
    moved.set(j, moved.get(i) ?? i)
  }
  return undefined
}

/** The first time, to a thousandth of itself, at which a condition holds that never ceases to hold. */
function firstTime(holds: (at: number) => boolean, latest: number): number {
  let [low, high] = [0, latest]
  while (high - low > high / 1000) {
    const middle = (low + high) / 2
    if (holds(middle)) high = middle
    else low = middle
  }
  return high
}

const instants = (seconds: number): number[] =>
  Array.from({ length: resolution }, (_, i) => (seconds * (i + 1)) / resolution)

const bestAt = (run: readonly Improvement[], at: number, before: number): number =>
  run.findLast(each => each.at <= at)?.time ?? before

/**
 * The score of a strategy on a space, the mean over seeds.
 *
 * @param seeds how many searches, with seeds from `firstSeed`
 */
export async function scoreOf(
  space: RecordedSpace,
  baseline: Baseline,
  strategy: Strategy,
  seeds: number,
  firstSeed = 1,
): Promise<Score> {
  const { optimum, median, seconds, best } = baseline
  const scores: number[] = []
  for (let seed = firstSeed; seed < firstSeed + seeds; seed++) {
    const run = await replay(space, strategy, seed, seconds)
    const shares = instants(seconds).map((at, i) => {
      const random = best[i] as number
      return (random - bestAt(run, at, median)) / (random - optimum)
    })
    scores.push(shares.reduce((sum, share) => sum + share, 0) / shares.length)
  }
  const score = scores.reduce((sum, each) => sum + each, 0) / seeds
  const variance = scores.reduce((sum, each) => sum + (each - score) ** 2, 0) / Math.max(1, seeds - 1)
  return { score, error: Math.sqrt(variance / seeds) }
}

/** The mean over spaces, with its standard error over seeds. */
export const aggregate = (scores: readonly Score[]): Score => ({
  score: scores.reduce((sum, { score }) => sum + score, 0) / scores.length,
  error: Math.sqrt(scores.reduce((sum, { error }) => sum + error ** 2, 0)) / scores.length,
})
