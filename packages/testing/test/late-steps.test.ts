/** Schedules that end with given kinds of steps: which triples exist, and that the steps are of the requested kinds. */
import { f32, kernel } from '@qernel/dsl'
import { expect, test } from 'vitest'
import { stepKinds, triplesWith } from '../src/random/late-steps.ts'
import { picker, randomNumbers } from '../src/random/numbers.ts'
import { randomSchedule } from '../src/random/schedules.ts'

const copy = kernel('copy', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f32, [T, D])
  output('y', f32, { t: T, d: D }, (t, d) => x(t, d).mul(2))
})

test('the triples with some kinds are all triples except those of other kinds only', () => {
  const kinds = stepKinds().length
  expect(triplesWith(['pipeline'])).toHaveLength(kinds ** 3 - (kinds - 1) ** 3)
  expect(triplesWith(['pipeline', 'peel'])).toHaveLength(kinds ** 3 - (kinds - 2) ** 3)
  expect(new Set(triplesWith(['peel']).map(String)).size).toBe(triplesWith(['peel']).length)
})

test('schedules end with the kinds of their triple if these apply', () => {
  const ends = Array.from({ length: 40 }, (_, seed) =>
    randomSchedule(copy, new Map(), picker(randomNumbers(seed)), [], ['vectorize', 'pipeline', 'peel']).slice(-2),
  )
  const both = ends.filter(
    ([first, second]) =>
      first?.transform === 'pipeline' && second?.transform === 'predicate' && Object.values(second).includes('peel'),
  )
  expect(both.length).toBeGreaterThan(0)
})
