import { compileFor } from '@qernel/codegen'
import { wgsl } from '@qernel/codegen-wgsl'
import { f16, f32, i8, interpretKernel, kernel, max, sum } from '@qernel/dsl'
import { type Device, type DeviceBuffer, DeviceLostError, DeviceMemoryError, openDevice } from '@qernel/runtime'
import { parseSteps } from '@qernel/schedule'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { fillKernel } from '../src/arrays/fill-kernel.ts'

import { BenchmarkEnded, type BenchOptions, benchmark, type ResultRow, type Subject } from '../src/index.ts'
import { batchSize, ceilingResult, type Mix, mixes, nearestMix, openCeiling, runInterleaved } from '../src/internal.ts'

// Software shader compilers are slow on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

const quantize = kernel('quantize', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const x = input('x', f32, [T, D])
  const scale = input('scale', f32, [D])
  output('q', i8, { t: T, d: D }, (t, d) => x(t, d).div(scale(d)).round().clamp(-128, 127))
})

const subject = (T: number, ...texts: string[]): Subject => ({
  kernel: quantize,
  wide: 'x',
  sizes: new Map([
    ['T', T],
    ['D', 32],
  ]),
  open: 'T',
  schedules: texts.map(name => ({ name, summary: '', steps: () => parseSteps(name) })),
})
const once = { rounds: 2, repeats: 1, warmup: 0, rotateBytes: 0 }

let device: Device
beforeAll(async () => {
  device = await openDevice({ adapter: 'swiftshader', limits: { bindingBytes: 65536, bufferBytes: 2 ** 20 } })
})
afterAll(() => device.close())

describe('schedules', () => {
  test('each have a time, and all of their words are compared', async () => {
    const result = await benchmark(device, subject(200, 'tile(t=8,d=16)', 'tile(t=4,d=32) vectorize(d=4)'), once)
    expect(result.bytes).toEqual({ reads: 200 * 32 * 4 + 32 * 4, writes: 200 * 32 })
    expect(result.ceiling).toMatchObject({ mix: 'read 4 : write 1', bytes: 200 * 32 * 5 })
    expect(result.reference?.rows).toEqual([{ elements: 6400, different: 0, what: 'every row' }])
    for (const { time, tbps, ratio, verification, problem } of result.schedules) {
      expect(problem).toBeUndefined()
      expect(time?.samples).toHaveLength(2)
      expect(tbps).toBeCloseTo((200 * 32 * 5 + 128) / (time?.medianMs ?? 0) / 1e9, 12)
      expect(ratio).toBeCloseTo((tbps ?? 0) / (result.ceiling?.tbps ?? 0), 9)
      expect(verification).toEqual({ words: 1600, different: 0 })
    }
  })

  test('that reorder sums are measured and compared in their own order', async () => {
    const dot = kernel('dot', ({ size, input, output }) => {
      const [T, D] = [size('T'), size('D')]
      const [x, y] = [input('x', f32, [T, D]), input('y', f32, [D])]
      output('s', f32, [T], t => sum(D, d => x(t, d).mul(y(d))))
    })
    const steps = 'tile(t=8) splitReduction(d=8,combine=shared,reassociate=true) bind(d_in=block.x,t_in=block.y)'
    const { schedules } = await benchmark(device, { ...subject(64, steps), kernel: dot }, once)
    const [result] = schedules
    expect(result?.problem).toBeUndefined()
    expect(result?.time?.samples).toHaveLength(2)
    expect(result?.verification?.different).toBeGreaterThan(0)
    expect(result?.verification?.rows).toMatchObject([
      { elements: 64, different: 0, what: 'every row', order: [{ name: 's', beyond: 0 }] },
    ])
    expect(result?.verification?.rows?.[0]?.order?.[0]?.farthest).toBeGreaterThan(0)
    expect(result?.verification?.rows?.[0]?.order?.[0]?.shareOfBound).toBeLessThan(1)
  })

  test('that reorder sums too large to interpret are compared with the bound of any order', async () => {
    const columns = kernel('columns', ({ size, input, output }) => {
      const [T, D] = [size('T'), size('D')]
      const x = input('x', f32, [T, D])
      output('s', f32, [D], d => sum(T, t => x(t, d)))
    })
    const steps = 'tile(d=8) splitReduction(t=8,combine=shared,reassociate=true) bind(t_in=block.y)'
    const large = await openDevice({ adapter: 'swiftshader' })
    const { schedules } = await benchmark(large, { ...subject(8400, steps), kernel: columns }, once)
    large.close()
    expect(schedules[0]?.problem).toBeUndefined()
    expect(schedules[0]?.verification?.different).toBeGreaterThan(0)
    expect(schedules[0]?.verification?.rows).toMatchObject([
      { different: 0, what: 'single elements', order: [{ name: 's', beyond: 0 }] },
    ])
  })

  test("are not compared by a kernel's temporaries", async () => {
    const twoStages = kernel('two_stages', ({ size, input, output, temporary }) => {
      const [T, D] = [size('T'), size('D')]
      const x = input('x', f32, [T, D])
      const largest = temporary('largest', f32, { t: T }, t => max({ d: D }, d => x(t, d).abs()))
      output('q', i8, { t: T, d: D }, (t, d) => x(t, d).div(largest(t)).mul(127).round().clamp(-128, 127))
    })
    const result = await benchmark(device, { ...subject(50, 'tile(t=8)'), kernel: twoStages }, once)
    expect(result.reference?.rows).toEqual([{ elements: 1600, different: 0, what: 'every row' }])
  })

  test('with arrays that exceed a binding are measured in parts', async () => {
    const result = await benchmark(device, subject(1500, 'tile(t=8,d=32) vectorize(d=4)'), once)
    expect(result.schedules).toMatchObject([{ dispatches: 3, verification: { words: 12000, different: 0 } }])
  })

  test('that do not apply say why, and the others are measured', async () => {
    const result = await benchmark(device, subject(64, 'tile(t=8,d=16) bind(t=grid.x)', 'tile(t=8,d=16)'), once)
    expect(result.schedules[0]).toMatchObject({ problem: expect.stringContaining('grid.x already belongs to d') })
    expect(result.schedules[0]?.time).toBeUndefined()
    expect(result.schedules[1]?.problem).toBeUndefined()
  })

  test('with small arrays alternate between copies of them', async () => {
    const result = await benchmark(device, subject(64, 'tile(t=8,d=16)'), { ...once, repeats: 3, rotateBytes: 2 ** 15 })
    expect(result.schedules[0]?.time?.samples).toHaveLength(6)
    expect(result.schedules[0]?.verification).toEqual({ words: 512, different: 0 })
  })

  test('that write nothing, or something wrong, have no time', async () => {
    const timed = { medianMs: 1, p20: 1, p80: 1, samples: [1], clock: 'host clock' as const }
    const lazy = new Proxy(device, {
      get(target, property) {
        const own = Reflect.get(target, property, target)
        if (property !== 'launch') return typeof own === 'function' ? own.bind(target) : own
        const launch: Device['launch'] = (executable, plan, buffers, options) =>
          options?.timed && executable.compiled.kernel === 'quantize'
            ? Promise.resolve(timed)
            : target.launch(executable, plan, buffers, options)
        return launch
      },
    })
    const [result] = (await benchmark(lazy, subject(64, 'tile(t=8,d=16)'), once)).schedules
    expect(result).toMatchObject({ problem: '512 of 512 words differ' })
    expect(result?.time).toBeUndefined()
    expect(result?.ratio).toBeUndefined()
  })
})

/** A device whose launches of scheduled kernels can be replaced, and that counts its live buffers and kernels. */
function watched(launches: (schedule: string) => Promise<never> | undefined = () => undefined) {
  const alive = { buffers: new Set<object>(), most: 0, executables: 0 }
  const watchedDevice = new Proxy(device, {
    get(target, property) {
      const own = Reflect.get(target, property, target)
      const bound = typeof own === 'function' ? own.bind(target) : own
      if (property === 'launch') {
        const launch: Device['launch'] = (executable, plan, buffers, options) => {
          const [, schedule = ''] = /schedule +(.*)/.exec(executable.compiled.source) ?? []
          return (options?.timed ? launches(schedule) : undefined) ?? bound(executable, plan, buffers, options)
        }
        return launch
      }
      if (property === 'allocate')
        return async (...size: Parameters<Device['allocate']>) => {
          const buffer = await target.allocate(...size)
          alive.buffers.add(buffer)
          alive.most = Math.max(alive.most, alive.buffers.size)
          return buffer
        }
      if (property === 'free')
        return (buffer: DeviceBuffer) => {
          alive.buffers.delete(buffer)
          target.free(buffer)
        }
      if (property === 'load' || property === 'unload')
        return (kernelOrExecutable: never) => {
          alive.executables += property === 'load' ? 1 : -1
          return bound(kernelOrExecutable)
        }
      return bound
    },
  })
  return { device: watchedDevice, alive }
}

test('the ceiling is that of the fastest copy kernel', () => {
  const [copy] = mixes.filter(({ name }) => name === 'copy') as [Mix]
  const candidate = (block: number) => ({ name: copy.name, shape: { block, unroll: 1 }, run: async () => [] })
  const ceiling = { mix: copy, bytes: 6e9, candidates: [candidate(128), candidate(256)], free: () => {} }
  const samples = [
    [3, 3, 2],
    [9, 2, 2],
  ]
  expect(ceilingResult(ceiling, samples)).toMatchObject({ medianMs: 2, tbps: 3, shape: { block: 256 } })
})

describe('many schedules', () => {
  const tiles = (count: number) => Array.from({ length: count }, (_, i) => `tile(t=${i + 1},d=4) vectorize(d=4)`)

  test('take turns in batches, each with its ceiling, and leave nothing on the device', async () => {
    const [few, many] = [watched(), watched()]
    await benchmark(few.device, subject(20, ...tiles(1)), { ...once, rounds: 1 })
    const told: string[] = []
    const batches: unknown[] = []
    const onResult: BenchOptions['onResult'] = ({ schedule }) => void told.push(schedule)
    const { schedules, ceiling } = await benchmark(many.device, subject(20, ...tiles(batchSize + 2)), {
      ...once,
      rounds: 1,
      onResult,
      onBatch: all => {
        batches.push(all.length)
        return () => void batches.push('ended')
      },
      isSuspect: steps => steps[0]?.t === 2,
    })
    const [suspect, others] = [tiles(2)[1], tiles(batchSize + 2).filter((_, i) => i !== 1)]
    expect(told).toEqual([...others, suspect])
    expect(batches).toEqual([batchSize, 'ended', 1, 'ended', 1, 'ended'])
    expect(schedules.map(({ schedule }) => schedule)).toEqual(tiles(batchSize + 2))
    const ceilings = schedules.filter((_, i) => i !== 1).map(each => each.ceiling)
    expect(new Set(ceilings.slice(0, batchSize)).size).toBe(1)
    expect(new Set(ceilings).size).toBe(2)
    // The median, even if it is the suspect's.
    expect(schedules.map(each => each.ceiling)).toContain(ceiling)
    for (const each of schedules) expect(each.ratio).toBeCloseTo((each.tbps ?? 0) / (each.ceiling?.tbps ?? 0), 9)
    expect(many.alive.buffers.size).toBe(0)
    expect(many.alive.most).toBe(few.alive.most)
    // The copy kernels and the kernels that fill arrays stay, because all subjects use them.
    expect(many.alive.executables).toBe(few.alive.executables)
  })

  test('that the device refuses to launch are reported, as are those that only compile here', async () => {
    const { device: fussy } = watched(schedule =>
      schedule.startsWith('tile(t=2') ? Promise.reject(new DeviceMemoryError('too little memory')) : undefined,
    )
    const { schedules } = await benchmark(fussy, subject(20, ...tiles(3), 'split(loop=t,by=0)'), once)
    expect(schedules.map(({ failure, problem }) => failure && `${failure}: ${problem}`)).toEqual([
      undefined,
      'failed: too little memory',
      undefined,
      expect.stringMatching(/^refused: step 1, split/),
    ])
  })

  test('that lose the device are named, and the others are measured on another device', async () => {
    const { device: doomed } = watched(schedule =>
      schedule.startsWith('tile(t=2') ? Promise.reject(new DeviceLostError('lost', 'the GPU is gone')) : undefined,
    )
    const rows = new Map<string, ResultRow>()
    const options: BenchOptions = {
      ...once,
      known: (_, code) => rows.get(code),
      onResult: (result, reference) => void rows.set(result.code ?? '', { result, ...(reference && { reference }) }),
    }
    const ended: unknown = await benchmark(doomed, subject(20, ...tiles(3)), options).catch(error => error)
    expect(ended).toBeInstanceOf(BenchmarkEnded)
    const { result, cause } = ended as BenchmarkEnded
    expect(cause).toBeInstanceOf(DeviceLostError)
    expect(result.schedules).toMatchObject([{ schedule: tiles(2)[1], failure: 'lost', problem: 'the GPU is gone' }])

    const { schedules, reference } = await benchmark(device, subject(20, ...tiles(3)), options)
    expect(schedules.map(({ schedule, failure }) => [schedule, failure])).toEqual([
      [tiles(3)[0], undefined],
      [tiles(3)[1], 'lost'],
      [tiles(3)[2], undefined],
    ])
    expect(reference?.rows).toEqual([{ elements: 640, different: 0, what: 'every row' }])
  })

  test('may be stopped after a turn, with the results that are complete', async () => {
    const told: string[] = []
    const { schedules } = await benchmark(device, subject(20, ...tiles(3)), {
      ...once,
      onResult: ({ schedule }) => void told.push(schedule),
      shouldStop: () => told.length === 2,
    })
    expect(schedules.map(({ schedule }) => schedule)).toEqual(tiles(2))
  })
})

describe('ceilings', () => {
  test.each(mixes)('$name moves the stated bytes, even if the last block is partial', async mix => {
    const ceiling = await openCeiling(device, mix, 16 * 1003, 1)
    expect(ceiling.bytes).toBe(1003 * (mix.reads + mix.writes))
    for (const candidate of ceiling.candidates) expect(await candidate.run(2)).toHaveLength(2)
    ceiling.free()
  })

  test('the mix with the nearest share of writes is used', () => {
    const name = (reads: number, writes: number) => nearestMix({ reads, writes }).name
    expect(name(4, 1)).toBe('read 4 : write 1')
    expect(name(2.1, 1)).toBe('read 2 : write 1')
    expect(name(1, 4)).toBe('read 1 : write 4')
    expect(name(1, 2)).toBe('read 1 : write 2')
    expect(name(4096, 1)).toBe('read')
    expect(name(1, 1)).toBe('copy')
  })
})

test('turns alternate between the subjects', async () => {
  const order: string[] = []
  const runner = (name: string) => ({
    name,
    run: async (repeats: number) => {
      order.push(name)
      return Array.from({ length: repeats }, () => order.length)
    },
    beforeLast: async () => void order.push(`before ${name}`),
    afterLast: async () => void order.push(`after ${name}`),
  })
  expect(await runInterleaved([runner('a'), runner('b')], 2, 2)).toEqual([
    [1, 2, 6, 6],
    [3, 4, 9, 9],
  ])
  expect(order).toEqual(['a', 'a', 'b', 'b', 'before a', 'a', 'after a', 'before b', 'b', 'after b'])
})

test('a subject that fails is dropped, and turns end on request', async () => {
  const order: string[] = []
  const runner = (name: string, fails = false) => ({
    name,
    run: async () => {
      order.push(name)
      if (fails) throw new Error(`${name} fails`)
      return [1]
    },
  })
  const failed: unknown[] = []
  const finished: unknown[] = []
  const samples = await runInterleaved([runner('a'), runner('b', true), runner('c')], 3, 1, {
    shouldStop: (round, position) => round === 2 && position === 2,
    failed: (...which) => void failed.push(which),
    finished: (...which) => void finished.push(which),
  })
  expect(order).toEqual(['a', 'b', 'c', 'a', 'c', 'a'])
  expect(samples).toEqual([[1, 1, 1], [], [1, 1]])
  expect(failed).toEqual([[1, new Error('b fails')]])
  expect(finished).toEqual([[0, [1, 1, 1]]])
  await expect(runInterleaved([runner('b', true)], 1, 1)).rejects.toThrow('b fails')
})

test('a slow subject is launched twice, and verified', async () => {
  let launches = 0
  let verified = 0
  const run = async (repeats: number) => Array.from({ length: repeats }, () => 100 + ++launches)
  const slow = { name: 'slow', run, afterLast: async () => void verified++ }
  expect(await runInterleaved([slow], 6, 5)).toEqual([[101, 102]])
  expect(verified).toBe(1)
})

test.each([
  [f32, 2, 'data'],
  [f32, 1, 'scales'],
  [f16, 3, 'data'],
  [i8, 4, 'data'],
] as const)('data of $0.name, rank $1, $2, are those of the kernel that generates them', async (type, rank, holds) => {
  const shape = [7, 5, 3, 2].slice(0, rank)
  const fill = fillKernel(type, rank, holds)
  const seed = { type: fill.tensors[0]?.type ?? f32, shape: [7], data: Uint32Array.from([1, 2, 3, 4, 5, 6, 2 ** 31]) }
  const sizes = Object.fromEntries(fill.sizes.map(({ name }, i) => [name, shape[i] as number]))
  const values = [
    ...(interpretKernel(fill, new Map([['seed', seed]]), new Map(Object.entries(sizes))).get('filled')?.data ?? []),
  ]
  expect(new Set(values).size).toBeGreaterThan(values.length / 2)
  const [low, high] = type === i8 ? [-128, 127] : holds === 'scales' ? [2 ** -7, 2 ** -6] : [-1, 1]
  expect(Math.min(...values)).toBeGreaterThanOrEqual(low)
  expect(Math.max(...values)).toBeLessThanOrEqual(high)
  expect(() => compileFor(wgsl, fill, [], sizes)).not.toThrow()
})
