/** `checkKernel` and `checkSchedule` where everything is right, and on steps that do not apply. */
import { wgsl } from '@qernel/codegen-wgsl'
import { abs, f32, i8, interpretKernel, kernel, max, type Tensor } from '@qernel/dsl'
import { parseSteps, ScheduleRefusal, StepSyntaxError } from '@qernel/schedule'
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

test('no more cases are tried than were asked for, also where the last program would have more', async () => {
  const seen: number[] = []
  const options = { cases: 6, seed: 1, onProgress: ({ cases }: { readonly cases: number }) => seen.push(cases) }
  expect(await checkSchedule(perChannel, steps, options)).toMatchObject({ cases: 6, programs: 2 })
  expect(seen).toEqual([4, 6])
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

test('a schedule whose threads share words is refused, as by a compiler', async () => {
  const pairs = 'tile(t=4,d=8,stage=q) vectorize(d=2,stage=q)'
  const offered = 'cache(buffer=q,memory=shared,at=d,stage=q)'
  expect(() => wgsl.compile(perChannel, parseSteps(pairs))).toThrow('a word of q holds 4 i8')
  await expect(checkSchedule(perChannel, pairs, { cases: 8, seed: 1 })).rejects.toThrow('a word of q holds 4 i8')
  expect(await checkSchedule(perChannel, `${pairs} ${offered}`, { cases: 8, seed: 1 })).toMatchObject({ cases: 8 })
})

test('a size reaches beyond groups that are longer than other sizes', async () => {
  const largest = kernel('largest', ({ size, input, output }) => {
    const [H, T] = [size('H'), size('T')]
    const chunks = T.groups(1024)
    const x = input('x', f32, [H, T])
    output('m', f32, { h: H, c: chunks.count }, (h, c) => max({ t: chunks.at(c) }, t => x(h, t)))
  })
  // An oracle that knows the first group only.
  const reference: Reference = (inputs, sizes) => {
    const outputs = interpretKernel(largest, inputs, sizes)
    const m = outputs.get('m') as Tensor
    const groups = Math.ceil((sizes.get('T') ?? 0) / 1024)
    return outputs.set('m', { ...m, data: m.data.map((found, at) => (at % groups === 0 ? found : 77)) })
  }
  const found = checkKernel(largest, { cases: 40, seed: 1, reference })
  await expect(found).rejects.toThrow('the reference: m[0, 1] is 77')
  await expect(found).rejects.toThrow('T=1025')
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
