import { randomNumbers } from '@qernel/dsl/internal'
import { expect, it } from 'vitest'
import type { Finalist } from '../../src/index.ts'
import { timingOf } from '../../src/measure/evaluator.ts'
import { rank, signTest } from '../../src/measure/rank.ts'

const rounds = 12
const random = randomNumbers(Number(process.env.QERNEL_SEED))

/** Finalists of these true times, microseconds, on a machine that drifts and is disturbed in a share of the turns. */
function measured(times: readonly number[], { quantum = 0, disturbed = 0.05 } = {}): Finalist[] {
  const samples = times.map((): number[] => [])
  let drift = 1
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < times.length; turn++) {
      const position = (round + turn) % times.length
      drift *= 1 + 0.004 * (random() - 0.5)
      const noise = 1 + 0.01 * random() + (random() < disturbed ? 0.2 * random() : 0)
      const time = (times[position] as number) * drift * noise
      samples[position]?.push(quantum === 0 ? time : Math.ceil(time / quantum) * quantum)
    }
  }
  return samples.map((own, i) => ({ id: `candidate ${i}`, timing: timingOf(own.map(us => us / 1000)), rounds: own }))
}

it('finds a difference between equals in at most 1 of 100 runs', () => {
  const runs = 2000
  for (const count of [2, 5]) {
    let different = 0
    for (let run = 0; run < runs; run++)
      if (rank(measured(new Array(count).fill(100))).ties.length < count - 1) different++
    // With a true share of 1%, more than 1.6% of 2000 has a probability of 1%.
    expect(different / runs).toBeLessThan(0.016)
  }
})

it('tells apart what differs by more than the noise, and nothing that the clock cannot show', () => {
  // One of 12 rounds that is lost makes a tie among three.
  const disturbed = 0
  expect(rank(measured([103, 100, 106], { disturbed })).ranked.map(({ id }) => id)).toEqual([
    'candidate 1',
    'candidate 0',
    'candidate 2',
  ])
  expect(rank(measured([110, 100, 121], { disturbed })).ties).toEqual([])
  const coarse = rank(measured([100.2, 100.1], { quantum: 65.536 }))
  expect(coarse.ties).toHaveLength(1)
})

it('puts ties in an order that depends on nothing but their names', () => {
  const [finalist] = measured([100])
  const both = ['b', 'a'].map(id => ({ ...(finalist as Finalist), id }))
  expect(rank(both).ranked.map(({ id }) => id)).toEqual(['a', 'b'])
  expect(rank(both.toReversed())).toEqual(rank(both))
  expect(rank(both).ties).toEqual(['b'])
})

it('computes the sign test', () => {
  expect(signTest(12, 12)).toBeCloseTo(2 / 4096, 12)
  expect(signTest(11, 12)).toBeCloseTo((2 * 13) / 4096, 12)
  expect([signTest(6, 12), signTest(0, 0)]).toEqual([1, 1])
})
