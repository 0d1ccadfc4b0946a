import { expect, it } from 'vitest'
import { CorrectResults } from '../../src/correct-results.ts'
import type { RankedFinal } from '../../src/ledger.ts'
import { candidate } from './searches.ts'

const timing = (median: number) => ({ median, p20: median, p80: median, samples: [median] })
const [a, b, c, d] = ['tile(t=1)', 'tile(t=2)', 'tile(t=4)', 'tile(t=8)'] as const
const times = { [a]: 4, [b]: 3, [c]: 2, [d]: 2 }

function results(): CorrectResults {
  const found = new CorrectResults()
  for (const [id, time] of Object.entries(times))
    found.add({ candidate: candidate(id), result: { class: 'correct', timing: timing(time), costSeconds: 1 } })
  return found
}

it('ranks by time, and equal times by identity', () => {
  expect(
    results()
      .ranked(undefined, b, 1e6)
      .map(one => [one.candidate.id, one.timing.median, one.isFinalist, one.isTie, one.isBaseline]),
  ).toEqual([
    [c, 2, false, false, false],
    [d, 2, false, false, false],
    [b, 3, false, false, true],
    [a, 4, false, false, false],
  ])
})

it('ranks by the final first, without those that failed in it or that nobody knows', () => {
  const final: RankedFinal = {
    finalists: [
      { id: d, timing: timing(2.5), rounds: [] },
      { id: 'tile(t=3)', timing: timing(1), rounds: [] },
      { id: b, timing: timing(2.6), rounds: [] },
    ],
    failed: [{ id: c, result: { class: 'wrong result', costSeconds: 1 } }],
    ceiling: { mix: 'copy', tbps: 1 },
    ties: [b],
  }
  const ranked = results().ranked(final, d, 2e6)
  expect(ranked.map(one => [one.candidate.id, one.timing.median, one.isFinalist, one.isTie, one.isBaseline])).toEqual([
    [d, 2.5, true, false, true],
    [b, 2.6, true, true, false],
    [a, 4, false, false, false],
  ])
  expect(ranked[0]?.ofCeiling).toBeCloseTo(0.8)
})

it('takes the later of two results of a candidate', () => {
  const found = results()
  found.add({ candidate: candidate(a), result: { class: 'correct', timing: timing(1), costSeconds: 1 } })
  expect(found.sorted().map(({ candidate: { id } }) => id)).toEqual([a, c, d, b])
})
