import { expect, test } from 'vitest'
import { baselineOf, findStrategy, readRecordedSpace, type Strategy, scoreOf } from '../../src/index.ts'
import { smallSpace, tinyJson } from './small-space.ts'

const space = smallSpace()
const baseline = baselineOf(space)
const strategy = (name: string) => findStrategy(name) as Strategy

/** Tries the candidates in an order of their recorded times. */
const knowing = (order: (a: number, b: number) => number): Strategy => ({
  name: 'knowing',
  summary: '',
  start: () => {
    const time = (candidate: Parameters<typeof space.outcome>[0]) => space.outcome(candidate).time ?? 1e9
    const all = [...space.candidates()].sort((a, b) => order(time(a), time(b))).values()
    return { next: () => all.next().value, tell() {} }
  },
})

test('the baseline falls from the median to within 5% of the way to the optimum', () => {
  const { best, median, optimum } = baseline
  expect(best[0]).toBeGreaterThan(optimum + 0.5 * (median - optimum))
  expect(best.at(-1)).toBeLessThanOrEqual(optimum + 0.05 * (median - optimum))
})

test('random search scores 0 within its interval, whoever knows the best nearly 1, whoever avoids it much less than 0', async () => {
  const { score, error } = await scoreOf(space, baseline, strategy('random'), 60)
  expect(Math.abs(score)).toBeLessThan(3 * error)
  const best = await scoreOf(
    space,
    baseline,
    knowing((a, b) => a - b),
    1,
  )
  expect(best.score).toBeGreaterThan(0.95)
  const worst = await scoreOf(
    space,
    baseline,
    knowing((a, b) => b - a),
    1,
  )
  expect(worst.score).toBeLessThan(-1)
})

test('the score is the mean share of the way, by hand', async () => {
  const tiny = readRecordedSpace(tinyJson)
  // The clock is at 1, 2, 3 … seconds; 8 ms after one second, then the best.
  const order = ['x=0,y=a', 'x=3,y=b']
  const scripted: Strategy = {
    name: 'scripted',
    summary: '',
    start: () => {
      const all = order.map(id => [...tiny.candidates()].find(candidate => candidate.id === id)).values()
      return { next: () => all.next().value, tell() {} }
    },
  }
  const known = { optimum: 1000, median: 4000, seconds: 4, best: Array<number>(200).fill(3000) }
  // Before 1 s the median counts, until 2 s the first candidate, then the optimum: (3000 − S) / 2000.
  const shares = Array.from({ length: 200 }, (_, i) => 0.02 * (i + 1)).map(at => (at < 1 ? -0.5 : at < 2 ? -2.5 : 1))
  const { score } = await scoreOf(tiny, known, scripted, 1)
  expect(score).toBeCloseTo(shares.reduce((sum, each) => sum + each, 0) / 200, 2)
})

test.each(['auto', 'local-search', 'evolutionary', 'successive-halving'])(
  '%s is better than random search on a recorded space',
  async name => {
    const seeds = name === 'local-search' || name === 'evolutionary' || name === 'successive-halving' ? 60 : 4
    const { score } = await scoreOf(space, baseline, strategy(name), seeds)
    expect(score).toBeGreaterThan(name === 'auto' ? 0.4 : 0.1)
  },
)
