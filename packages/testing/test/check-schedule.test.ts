/** `checkKernel` and `checkSchedule` where everything is right, and on steps that do not apply. */
import { abs, f32, i8, interpretKernel, kernel, max, type Tensor } from '@qernel/dsl'
import { ScheduleRefusal, StepSyntaxError } from '@qernel/schedule'
import { expect, test } from 'vitest'
import { CheckError, checkKernel, checkSchedule } from '../src/index.ts'
import type { Reference } from '../src/internal.ts'

const perChannel = kernel('per_channel', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const scale = output('scale', f32, [D], d => max(T, t => abs(x(t, d))).div(127))
  output('q', i8, [T, D], (t, d) => x(t, d).div(scale(d)).round())
})
const steps = 'tile(t=4,d=8,stage=q) vectorize(d=4,stage=q)'

test('a right schedule passes, alone and with further steps', async () => {
  const report = await checkSchedule(perChannel, steps, { cases: 100, seed: 1 })
  expect(report).toMatchObject({ cases: 100, programs: 25, ran: {} })
  // Some of the added steps do not apply on every simulated target.
  expect(report.simulated).toBeGreaterThan(60)
})

test('a right kernel passes', async () => {
  const report = await checkKernel(perChannel, { cases: 100, seed: 1 })
  expect(report.simulated).toBeGreaterThan(60)
})

test('the same seed tries the same cases', async () => {
  const [one, same] = [
    await checkKernel(perChannel, { seed: 3, cases: 40 }),
    await checkKernel(perChannel, { seed: 3, cases: 40 }),
  ]
  expect(one).toEqual(same)
})

test('a single case runs on every simulated target', async () => {
  const only = { sizes: { T: 3, D: 5 }, values: 'NaN', seed: 7 } as const
  expect(await checkSchedule(perChannel, steps, { only })).toMatchObject({ cases: 4, simulated: 4 })
})

test('steps that do not apply, and text that is not a schedule, are refused', async () => {
  await expect(checkSchedule(perChannel, 'tile(e=4)')).rejects.toThrow(ScheduleRefusal)
  await expect(checkSchedule(perChannel, 'tile(d=')).rejects.toThrow(StepSyntaxError)
})

test('a schedule that no target accepts is refused', async () => {
  const threads = 'tile(t=64,d=64,stage=q)'
  await expect(checkSchedule(perChannel, threads, { compose: false, cases: 8 })).rejects.toThrow(
    'threads per workgroup',
  )
})

test('a definition that disagrees with a given reference fails', async () => {
  // Clamps one code too early.
  const reference: Reference = (inputs, sizes) => {
    const outputs = interpretKernel(perChannel, inputs, sizes)
    const q = outputs.get('q') as Tensor
    return outputs.set('q', { ...q, data: q.data.map(code => Math.min(code, 126)) })
  }
  const found = checkKernel(perChannel, { cases: 100, seed: 1, reference })
  await expect(found).rejects.toThrow(CheckError)
  await expect(found).rejects.toThrow('the reference: q[0, 0] is 126, not 127')
})
