import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { bf16, f16, f32, type Kernel, kernelHash } from '@qernel/dsl'
import { findKernel, int8PerChannelQuantize } from '@qernel/kernels'
import { parseSteps, printSteps } from '@qernel/schedule'
import { describe, expect, test } from 'vitest'
import {
  databaseText,
  nearestSchedule,
  parseDatabase,
  shippedSchedules,
  type TunedSchedule,
  type Wanted,
  withSchedule,
} from '../../src/database/index.ts'

const kernel = int8PerChannelQuantize()

const entry = (changed: Partial<Omit<TunedSchedule, 'steps'>> & { steps?: string } = {}): TunedSchedule => ({
  kernel: kernel.name,
  hash: kernelHash(kernel),
  element: 'f32',
  fixed: { D: 1024 },
  launch: { T: 131072 },
  target: 'cuda',
  device: 'NVIDIA H200',
  driver: 'CUDA 13.0',
  time: 100,
  version: '0.1.0',
  ...changed,
  steps: parseSteps(changed.steps ?? 'tile(t=4,d=512) vectorize(d=4)'),
})

const wanted = (changed: Partial<Wanted> = {}): Wanted => ({
  kernel,
  target: cuda.portableTarget,
  device: 'NVIDIA H200',
  fixed: new Map([['D', 1024]]),
  launch: new Map(),
  multiples: new Map(),
  ...changed,
})

const fixedTo = (D: number) => new Map([['D', D]])

describe('the file', () => {
  test('is read as it was written, and written the same whatever the order', () => {
    const all = [entry({ fixed: { D: 4096 } }), entry({ ofCeiling: 0.99, commit: 'abc', date: '2026-01-01' })]
    const text = databaseText(all)
    expect(databaseText([...all].reverse())).toBe(text)
    expect(databaseText(parseDatabase(text))).toBe(text)
    expect(text.split('\n').filter(line => line.includes('tile('))).toHaveLength(2)
  })

  test('has one schedule per kernel, types, fixed sizes, size class, target and device', () => {
    const one = [entry()]
    expect(withSchedule(one, entry({ launch: { T: 120_000 }, time: 90 })).map(({ time }) => time)).toEqual([90])
    for (const other of [
      { launch: { T: 4096 } },
      { fixed: { D: 512 } },
      { device: 'NVIDIA H100' },
      { target: 'wgsl' as const },
      { element: 'f16' },
    ]) {
      expect(withSchedule(one, entry(other))).toHaveLength(2)
    }
  })

  test.each([
    ['{', 'it is not JSON'],
    ['[]', '"format": "qernel schedules"'],
    ['{"format":"qernel schedules","version":2,"schedules":[]}', 'its version is 2; this qernel reads version 1'],
    [
      '{"format":"qernel schedules","version":1,"schedules":[{"kernel":1}]}',
      'schedule 1: kernel is 1; string is expected',
    ],
    [databaseText([entry()]).replace('tile(t=4', 'tile(t=='), 'schedule 1: its steps are no schedule'],
  ])('%s is refused', (text, message) => expect(() => parseDatabase(text)).toThrow(message))
})

describe('the nearest schedule', () => {
  const near = entry({ steps: 'tile(t=8,d=512) vectorize(d=4)' })
  const find = (all: readonly TunedSchedule[], changed: Partial<Wanted> = {}) => nearestSchedule(all, wanted(changed))

  test('is the one for the same device, fixed sizes and size class', () => {
    const all = [entry({ device: 'NVIDIA H100' }), entry({ fixed: { D: 2048 } }), entry({ launch: { T: 64 } }), near]
    const found = find(all, { launch: new Map([['T', 100_000]]) })
    expect(found.schedule).toBe(near)
    expect(found.reason).toBe('tuned for NVIDIA H200, D=1024 T=131072 (qernel 0.1.0)')
  })

  test('device before fixed sizes, fixed sizes before sizes at launch', () => {
    const otherDevice = entry({ device: 'NVIDIA H100' })
    const otherSize = entry({ fixed: { D: 2048 } })
    const otherClass = entry({ launch: { T: 64 } })
    const at = { launch: new Map([['T', 131072]]) }
    expect(find([otherDevice, otherSize], at).schedule).toBe(otherSize)
    expect(find([otherSize, otherClass], at).schedule).toBe(otherClass)
    expect(find([otherDevice], at).reason).toContain('NVIDIA H100, D=1024 T=131072 (qernel 0.1.0), the nearest')
  })

  test('without a known size at launch the largest counts', () => {
    const large = entry({ launch: { T: 2 ** 20 } })
    expect(find([entry({ launch: { T: 64 } }), large, near]).schedule).toBe(large)
  })

  test('of two that are equally near, the first is taken', () => expect(find([near, entry()]).schedule).toBe(near))

  test.each<[string, TunedSchedule[], Partial<Wanted>, string]>([
    ['none', [], {}, 'no schedule of int8_per_channel_quantize for cuda is in the database'],
    ['another target', [entry({ target: 'wgsl' })], {}, 'for cuda is in the database'],
    ['an older definition', [entry({ hash: '00' })], {}, 'only with other types or an older definition: f32'],
    ['another vendor', [entry({ device: 'AMD Instinct' })], {}, 'only on AMD Instinct, not on NVIDIA H200'],
    ['an open size', [entry()], { fixed: new Map() }, 'are for fixed sizes (D=1024); fix them with --set D=N'],
    [
      'a far size',
      [entry()],
      { fixed: fixedTo(16384) },
      'no schedule of int8_per_channel_quantize for cuda is near these sizes; there are D=1024',
    ],
    [
      'a refusal',
      [entry({ steps: 'coarsen(d=4)' })],
      {},
      'no schedule of int8_per_channel_quantize for cuda applies here; not NVIDIA H200, D=1024 T=131072 (qernel 0.1.0): coarsen(d=4) is refused',
    ],
  ])('%s: no schedule, and the reason', (_, all, changed, reason) => {
    const found = find(all, changed)
    expect(found.steps).toBeUndefined()
    expect(found.reason).toContain(reason)
  })

  test('what the target cannot run is passed over for the next, and that is said', () => {
    const large = entry({ target: 'wgsl', steps: 'tile(t=1,d=1024)' })
    const small = entry({ target: 'wgsl', steps: 'tile(t=1,d=128)', launch: { T: 64 } })
    const found = find([large, small], { target: wgsl.portableTarget })
    expect(found.schedule).toBe(small)
    expect(found.reason).toContain('; not NVIDIA H200, D=1024 T=131072 (qernel 0.1.0): tile(t=1,d=1024) is refused')
  })

  test('an assumption counts only where it is known to hold', () => {
    const assuming = entry({ steps: 'tile(t=8,d=512) vectorize(d=4) coarsen(t=2) predicate(t=assume)' })
    const safe = find([assuming])
    expect(printSteps(safe.steps ?? [])).toBe('tile(t=8,d=512) vectorize(d=4) coarsen(t=2)')
    expect(safe.reason).toContain('without its predicate: it assumes that T is a multiple of 8')
    expect(find([assuming], { multiples: new Map([['T', 64]]) }).steps).toEqual(assuming.steps)
  })

  test('part of the name of a device is enough, in any case', () => {
    expect(find([entry({ device: 'NVIDIA H100' }), near], { device: 'h200' }).schedule).toBe(near)
  })
})

test('every schedule that comes with qernel has a figure, is for the present definition of its kernel, and applies there', () => {
  const all = shippedSchedules()
  expect(all.length).toBeGreaterThan(20)
  for (const one of all) {
    const own = findKernel(one.kernel)?.define({ f32, f16, bf16 }[one.element])
    expect([own && kernelHash(own), typeof one.ofCeiling]).toEqual([one.hash, 'number'])
    const { portableTarget } = one.target === 'cuda' ? cuda : wgsl
    const target = { ...portableTarget, subgroup: { min: 32, max: 32 } }
    const fixed = new Map(Object.entries(one.fixed))
    const launch = new Map(Object.entries(one.launch))
    const found = nearestSchedule(all, {
      kernel: own as Kernel,
      target,
      device: one.device,
      fixed,
      launch,
      multiples: launch,
    })
    expect(found.schedule).toBe(one)
    expect(found.steps).toBe(one.steps)
  }
})
