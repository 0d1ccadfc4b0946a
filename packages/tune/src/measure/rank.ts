/** Ranks finalists, and says which cannot be told apart. */
import type { Finalist } from './finalists.ts'

/** How often a comparison of two equal candidates may find a difference. */
const mostFalse = 0.01

/**
 * Finalists, the fastest first: by their medians, then by the text of their steps. Those that cannot be told apart from the fastest are ties: in a sign test over the
 * rounds, in which both ran beside each other, the fastest did not win often enough, or the difference is below what the clock can show.
 */
export function rank(finalists: readonly Finalist[]): {
  readonly ranked: readonly Finalist[]
  readonly ties: readonly string[]
} {
  const ranked = [...finalists].sort(
    (a, b) => a.timing.median - b.timing.median || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0),
  )
  const [best, ...others] = ranked
  if (best === undefined) return { ranked, ties: [] }
  const quantum = clockQuantum(finalists)
  const ties = others.filter(other => !isDifferent(best, other, others.length, quantum)).map(({ id }) => id)
  return { ranked, ties }
}

/** The least difference between two samples that are not equal: the quantum of the clock, or less. */
function clockQuantum(finalists: readonly Finalist[]): number {
  const sorted = finalists.flatMap(({ timing }) => timing.samples).sort((a, b) => a - b)
  let least = Number.POSITIVE_INFINITY
  for (let i = 1; i < sorted.length; i++) {
    const step = (sorted[i] as number) - (sorted[i - 1] as number)
    // Less is the rounding of binary fractions.
    if (step > 1e-6 * (sorted[i] as number) && step < least) least = step
  }
  return Number.isFinite(least) ? least : 0
}

function isDifferent(best: Finalist, other: Finalist, comparisons: number, quantum: number): boolean {
  if (other.timing.median - best.timing.median < quantum) return false
  const pairs = best.rounds.flatMap((time, round) => {
    const beside = other.rounds[round]
    return beside === undefined || beside === time ? [] : [time < beside]
  })
  const wins = pairs.filter(Boolean).length
  return (
    signTest(Math.max(wins, pairs.length - wins), pairs.length) <= mostFalse / comparisons && 2 * wins > pairs.length
  )
}

/** The probability that of `count` fair coins at least `most` fall on one side, two-sided. */
export function signTest(most: number, count: number): number {
  if (count === 0) return 1
  let [term, sum] = [2 ** -count, 0]
  for (let heads = count; heads >= most; heads--) {
    sum += term
    term = (term * heads) / (count - heads + 1)
  }
  return Math.min(1, 2 * sum)
}
