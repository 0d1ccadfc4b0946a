/** occupancy(threads=N): a hint to the compiler of the device that changes no result. */
import { expect, test } from 'vitest'
import { applySchedule, nestText, parseSteps } from '../../src/index.ts'
import { perChannel, quantize } from '../kernels.ts'
import { refusal } from '../refusals/refusal.ts'

const gridsOf = (steps: string, kernel = quantize): string[] =>
  nestText(applySchedule(kernel, parseSteps(steps)).nest)
    .split('\n')
    .filter(line => line.includes('grid.'))
    .map(line => line.trim())

test('it is noted at the innermost loop over workgroups, and the last one counts', () => {
  expect(gridsOf('tile(t=4,d=16) occupancy(threads=512) occupancy(threads=1024)')).toEqual([
    'grid.y t in T/4',
    'grid.x d in D/16 (1024 threads resident)',
  ])
})

test('with a stage, it concerns the dispatch of that stage alone', () => {
  const steps = 'bind(d=grid.x,stage=scale) tile(t=4,d=16,stage=q) occupancy(threads=768,stage=q)'
  expect(gridsOf(steps, perChannel)).toEqual([
    'grid.x d in D',
    'grid.y t in T/4',
    'grid.x d in D/16 (768 threads resident)',
  ])
})

test('without workgroups it is refused', () => {
  expect(refusal(quantize, 'occupancy(threads=1024)').refusal).toMatchObject({
    code: 'not-bound',
    message: expect.stringContaining('no loop is bound to the grid'),
  })
})

test.each([0, 1.5, 2049])('%d threads are refused', threads => {
  expect(refusal(quantize, `tile(t=4,d=16) occupancy(threads=${threads})`).refusal.code).toBe('bad-argument')
})
