import { expect, test } from 'vitest'
import type { CeilingResult } from '../src/results.ts'
import { timedResult } from '../src/timing/timed-result.ts'

/** 1 GB in 1 ms is 1 TB/s. */
const ceiling: CeilingResult = { mix: 'copy', medianMs: 1, bytes: 1e9, tbps: 1, shape: { block: 256, unroll: 1 } }

test.each([
  [0.5, [2, 2, 2]],
  [1, [1, 1, 1]],
  [1 / 0.985, [0.985, 0.985, 0.985]],
])('%d of the ceiling is a result', (ratio, samples) => {
  const result = timedResult(1e9, samples, ceiling, false)
  expect(result.ratio).toBeCloseTo(ratio, 9)
  expect(result.time).toMatchObject({ medianMs: samples[0], samples })
  expect(result.failure).toBeUndefined()
})

test('a ratio above 1.02 is not reported, and neither is the time: the ceiling was not found', () => {
  expect(timedResult(1.47e9, [1, 1, 1], ceiling, false)).toEqual({
    problem:
      'ceiling not found: 1.470 TB/s is more than the 1.000 TB/s of copy, which was expected to be the most that memory gives',
    failure: 'no-ceiling',
  })
})

test('times of a software device are not judged', () => {
  expect(timedResult(1.47e9, [1, 1, 1], ceiling, true).ratio).toBeCloseTo(1.47, 9)
})
