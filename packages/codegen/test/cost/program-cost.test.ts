import { cuda } from '@qernel/codegen-cuda'
import { f32, kernel } from '@qernel/dsl'
import { parseSteps } from '@qernel/schedule'
import { expect, it } from 'vitest'
import { instructionsOf } from '../../src/cost/instructions.ts'
import { occupancyOf } from '../../src/cost/multiprocessor.ts'
import { programCost } from '../../src/cost/program-cost.ts'
import { lower, scheduleFor } from '../../src/internal.ts'
import { f32Type, i32Type } from '../../src/program/device-type.ts'
import { literal, op, variable } from '../../src/program/expressions.ts'

const divide = kernel('divide', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f32, [T, D])
  output('y', f32, { t: T, d: D }, (t, d) => x(t, d).div(3).add(1))
})

function costOf(steps: string) {
  const fixed = new Map([['D', 64]])
  const scheduled = scheduleFor(divide, parseSteps(steps), cuda.portableTarget, { fixed })
  const [cost] = programCost(lower(scheduled, cuda.portableTarget), new Map([...fixed, ['T', 128]]))
  if (cost === undefined) throw new Error('there is a dispatch')
  return cost
}

it.each([
  ['tile(t=4,d=64)', 128 * 64],
  ['tile(t=4,d=64) vectorize(d=4)', (128 * 64) / 4],
  ['tile(t=8,d=64) coarsen(t=2)', (128 * 64) / 2],
])('counts one division and one addition per element: %s', (steps, threads) => {
  const { threads: launched, instructions, additions } = costOf(steps)
  expect(launched).toBe(threads)
  expect([instructions.division * launched, instructions.float * launched]).toEqual([128 * 64, 128 * 64])
  expect(additions).toBeGreaterThan(17 * 128 * 64)
})

it('counts what a loop repeats, and nothing of one that does not run', () => {
  const one = {
    kind: 'let',
    name: 'a',
    value: op('add', f32Type, variable('b', f32Type), literal(1, f32Type)),
  } as const
  const loop = (extent: number) =>
    ({ kind: 'for', name: 'i', extent: literal(extent), unroll: true, body: [one] }) as const
  expect(instructionsOf({ body: [loop(5)] }, new Map()).float).toBe(5)
  expect(instructionsOf({ body: [loop(0)] }, new Map()).float).toBe(0)
  const integer = { ...one, value: op('add', i32Type, variable('c', i32Type), literal(1, i32Type)) }
  expect(instructionsOf({ body: [integer] }, new Map())).toMatchObject({ integer: 1, float: 0 })
})

it('needs more registers for more values at a time', () => {
  expect(costOf('tile(t=4,d=64) vectorize(d=4)').registers).toBeGreaterThan(costOf('tile(t=4,d=64)').registers)
})

it.each([
  // The table of the occupancy calculator for compute capability 9.0.
  [256, 32, 0, { threads: 2048, share: 1, limit: 'threads' }],
  [256, 64, 0, { threads: 1024, share: 0.5, limit: 'registers' }],
  [32, 16, 0, { threads: 1024, share: 0.5, limit: 'workgroups' }],
  [128, 32, 48 * 1024, { threads: 512, share: 0.25, limit: 'shared memory' }],
] as const)('%i threads of %i registers with %i bytes', (threads, registers, bytes, expected) => {
  expect(occupancyOf(threads, registers, bytes)).toEqual(expected)
})
