/** Programs that are wrong, and what the simulator reports. */
import type { Tensor } from '@qernel/dsl'
import { applySchedule, cache, mapLeaves, tile } from '@qernel/schedule'
import { describe, expect, test } from 'vitest'
import { prepare, renderFinding, type SimulationOptions, simulate } from '../../src/index.ts'
import { type DeviceStatement, type LoweredKernel, lower } from '../../src/internal.ts'
import { quantize } from '../int8-kernels.ts'
import { randomTensors } from '../random-tensors.ts'
import {
  atomicMax,
  barrier,
  below,
  declare,
  group,
  inOrder,
  load,
  minus,
  named,
  plus,
  privateArray,
  repeat,
  sharedWords,
  shuffle,
  smallProgram,
  store,
  thread,
  times,
  when,
  words,
} from '../small-program.ts'
import { asLowered, cudaTarget, finishedAsIs, wgslTarget } from '../targets.ts'

/** The report of the simulator, as people see it. */
function report(
  lowered: LoweredKernel,
  inputs: ReadonlyMap<string, Tensor> = new Map(),
  options: SimulationOptions = {},
) {
  return simulate(finishedAsIs(lowered), inputs, new Map(), options).findings.map(renderFinding).join('\n')
}

/** The program without its barriers. */
function withoutBarriers(lowered: LoweredKernel): LoweredKernel {
  const forget = (body: readonly DeviceStatement[]): DeviceStatement[] =>
    body.filter(s => s.kind !== 'barrier').map(s => ('body' in s ? { ...s, body: forget(s.body) } : s))
  const { program } = lowered
  const functions = program.functions.map(one => ({ ...one, body: forget(one.body) }))
  return { ...lowered, program: { ...program, functions } }
}

const sizes = (T: number, D: number) => new Map(Object.entries({ T, D }))

describe('a wrong transform', () => {
  test('that drops the guard reads and writes out of bounds', () => {
    const scheduled = applySchedule(quantize(), [tile({ t: 4, d: 4 })])
    const body = mapLeaves(scheduled.nest.body, leaf => ({ ...leaf, where: [] }))
    const unguarded = lower({ ...scheduled, nest: { ...scheduled.nest, body } }, cudaTarget)
    expect(report(unguarded, randomTensors(quantize(), sizes(3, 4), 1))).toMatchInlineSnapshot(`
      "out-of-bounds: x[13] lies outside x, which has 12 elements of f32 (and 3 more like it)
        read by thread (1, 3, 0) of group (0, 0, 0): let x_value = x[t * D + d]   [quantize]
      out-of-bounds: q[13] lies outside q, which has 12 elements of i8 (and 3 more like it)
        written by thread (1, 3, 0) of group (0, 0, 0): q[t * D + d] = saturateFloat(round(x_value / scale_value), -128.0, 127.0)   [quantize]"
    `)
  })

  test('that forgets the barrier causes a race in shared memory', () => {
    // One row of threads fills the tile of scales that all rows read.
    const steps = [tile({ t: 4, d: 4 }), cache({ buffer: 'scale', memory: 'shared' })]
    const { finished: lowered } = prepare(asLowered(cudaTarget), quantize(), steps)
    const inputs = randomTensors(quantize(), sizes(4, 4), 1)
    expect(report(lowered, inputs)).toBe('')
    expect(report(withoutBarriers(lowered), inputs)).toMatchInlineSnapshot(`
      "uninitialised: scale_tile[2] is read, but nothing has written it (and 6 more like it)
        read by thread (2, 2, 0) of group (0, 0, 0): let scale_tile_value = scale_tile[local.x]   [quantize › if (t < T && d < D)]
      race: scale_tile[2] is read by one thread and written by another; no barrier separates them (and 3 more like it)
        read by thread (2, 2, 0) of group (0, 0, 0): let scale_tile_value = scale_tile[local.x]   [quantize › if (t < T && d < D)]
        written by thread (2, 0, 0) of group (0, 0, 0): scale_tile[local.x] = scale_value   [quantize › if (local.y == 0 && d < D)]
      race: scale_tile[2] is written by one thread and read by another; no barrier separates them (and 4 more like it)
        written by thread (2, 0, 0) of group (0, 0, 0): scale_tile[local.x] = scale_value   [quantize › if (local.y == 0 && d < D)]
        read by thread (2, 1, 0) of group (0, 0, 0): let scale_tile_value = scale_tile[local.x]   [quantize › if (t < T && d < D)]"
    `)
  })

  test('that gives one word to several threads causes a race in global memory', () => {
    // It is scheduled for a target that stores bytes, but lowered for one that stores words.
    const scheduled = applySchedule(quantize(), [tile({ t: 1, d: 8 })], { nativeTypes: cudaTarget.nativeTypes })
    const inputs = randomTensors(quantize(), sizes(1, 8), 1)
    expect(report(lower(scheduled, wgslTarget), inputs)).toMatchInlineSnapshot(`
      "race: q[0, 0…3] is written by two threads; nothing orders threads in global memory (and 5 more like it)
        written by thread (0, 0, 0) of group (0, 0, 0): q[t * ((D + 3) / 4) + d / 4] = bitcastU32(saturateFloat(round(x_value / scale_value), -128.0, 127.0)) & 255   [quantize › if (d < D)]
        written by thread (2, 0, 0) of group (0, 0, 0): q[t * ((D + 3) / 4) + d / 4] = bitcastU32(saturateFloat(round(x_value / scale_value), -128.0, 127.0)) & 255   [quantize › if (d < D)]"
    `)
  })
})

describe('threads that access the same element', () => {
  test('two workgroups that write one word race', () => {
    const program = smallProgram({ length: 4, threads: 4, groups: 2 }, store('y', thread, group))
    expect(report(program)).toMatchInlineSnapshot(`
      "race: y[3] is written by two threads; nothing orders threads in global memory (and 3 more like it)
        written by thread (3, 0, 0) of group (0, 0, 0): y[local.x] = group.x   [main]
        written by thread (3, 0, 0) of group (1, 0, 0): y[local.x] = group.x   [main]"
    `)
  })

  test('a race is reported with the loops of both threads', () => {
    const program = smallProgram(
      { length: 6, threads: 2 },
      repeat('i', 4, store('y', plus(times(thread, words(2)), named('i')), words(1))),
    )
    expect(report(program)).toMatchInlineSnapshot(`
      "race: y[2] is written by two threads; nothing orders threads in global memory (and 1 more like it)
        written by thread (0, 0, 0) of group (0, 0, 0), i = 2: y[local.x * 2 + i] = 1   [main › for i < 4]
        written by thread (1, 0, 0) of group (0, 0, 0), i = 0: y[local.x * 2 + i] = 1   [main › for i < 4]"
    `)
  })

  test('a barrier orders shared memory, but not global memory', () => {
    const handOver = (array: string) =>
      smallProgram(
        { length: 4, threads: 2, shared: [sharedWords('tile', 2)] },
        store('tile', thread, words(7)),
        store('y', thread, words(7)),
        barrier,
        store('y', plus(thread, words(2)), load(array, minus(words(1), thread))),
      )
    expect(report(handOver('tile'))).toBe('')
    expect(report(handOver('y'))).toMatchInlineSnapshot(`
      "race: y[1] is written by one thread and read by another; nothing orders threads in global memory (and 1 more like it)
        written by thread (1, 0, 0) of group (0, 0, 0): y[local.x] = 7   [main]
        read by thread (0, 0, 0) of group (0, 0, 0): y[local.x + 2] = y[1 - local.x]   [main]"
    `)
  })

  test('a missing barrier at the end of a loop is a race', () => {
    const copies = (...last: DeviceStatement[]) =>
      smallProgram(
        { length: 6, threads: 2, shared: [sharedWords('tile', 2)] },
        repeat(
          'i',
          3,
          store('tile', thread, named('i')),
          barrier,
          store('y', plus(times(named('i'), words(2)), thread), load('tile', minus(words(1), thread))),
          ...last,
        ),
      )
    expect(report(copies(barrier))).toBe('')
    expect(report(copies())).toMatchInlineSnapshot(`
      "race: tile[0] is written by one thread and read by another; no barrier separates them (and 1 more like it)
        written by thread (0, 0, 0) of group (0, 0, 0), i = 1: tile[local.x] = i   [main › for i < 3]
        read by thread (1, 0, 0) of group (0, 0, 0), i = 0: y[i * 2 + local.x] = tile[1 - local.x]   [main › for i < 3]
      race: tile[1] is read by one thread and written by another; no barrier separates them (and 1 more like it)
        read by thread (0, 0, 0) of group (0, 0, 0), i = 0: y[i * 2 + local.x] = tile[1 - local.x]   [main › for i < 3]
        written by thread (1, 0, 0) of group (0, 0, 0), i = 1: tile[local.x] = i   [main › for i < 3]"
    `)
  })

  test('atomic maxima do not race with each other, but with plain reads', () => {
    const zero = smallProgram({ length: 1, threads: 1 }, store('y', words(0), words(0)))
    const change = atomicMax('y', words(0), plus(thread, group))
    const program = inOrder(zero, smallProgram({ length: 1, threads: 4, groups: 3 }, change))
    expect(simulate(finishedAsIs(program), new Map())).toMatchObject({
      findings: [],
      outputs: new Map([['y', { data: Uint32Array.of(5) }]]),
    })

    const looks = when(below(load('y', words(0)), words(3)), change)
    expect(report(inOrder(zero, smallProgram({ length: 1, threads: 4, groups: 3 }, looks)))).toMatchInlineSnapshot(`
      "race: y[0] is written by one thread and read by another; nothing orders threads in global memory (and 10 more like it)
        atomically changed by thread (0, 0, 0) of group (0, 0, 0): atomicMax(y[0], local.x + group.x)   [main_1 › if (y[0] < 3)]
        read by thread (1, 0, 0) of group (0, 0, 0): if (y[0] < 3)   [main_1]
      race: y[0] is read by one thread and written by another; nothing orders threads in global memory (and 2 more like it)
        read by thread (0, 0, 0) of group (0, 0, 0): if (y[0] < 3)   [main_1]
        atomically changed by thread (1, 0, 0) of group (0, 0, 0): atomicMax(y[0], local.x + group.x)   [main_1 › if (y[0] < 3)]"
    `)
  })
})

describe('threads that wait for each other', () => {
  test('a barrier that only some threads reach is an error', () => {
    const program = smallProgram(
      { length: 4, threads: 4 },
      when(below(thread, words(3)), barrier),
      store('y', thread, words(1)),
    )
    expect(report(program)).toMatchInlineSnapshot(`
      "divergent-barrier: 3 of 4 threads of a workgroup wait at a barrier that another never reaches: it has ended
        at a barrier: thread (0, 0, 0) of group (0, 0, 0): barrier()   [main › if (local.x < 3)]
        at its end: thread (3, 0, 0) of group (0, 0, 0): end   [main]"
    `)
  })

  test('two different barriers that threads wait at are an error', () => {
    const program = smallProgram(
      { length: 4, threads: 4 },
      when(below(thread, words(2)), barrier),
      when(below(words(1), thread), barrier),
      store('y', thread, words(1)),
    )
    expect(report(program)).toMatchInlineSnapshot(`
      "divergent-barrier: 2 of 4 threads of a workgroup wait at a barrier that another does not reach: it waits elsewhere
        at a barrier: thread (0, 0, 0) of group (0, 0, 0): barrier()   [main › if (local.x < 2)]
        at a barrier: thread (2, 0, 0) of group (0, 0, 0): barrier()   [main › if (1 < local.x)]"
    `)
  })

  test('a shuffle gives each thread the value of its partner', () => {
    const program = smallProgram({ length: 8, threads: 8 }, store('y', thread, shuffle(thread, 2)))
    expect(simulate(finishedAsIs(program), new Map(), new Map(), { subgroupSize: 4 })).toMatchObject({
      findings: [],
      outputs: new Map([['y', { data: Uint32Array.of(2, 3, 0, 1, 6, 7, 4, 5) }]]),
    })
  })

  test('a shuffle with a partner that does not exist is an error', () => {
    const program = smallProgram({ length: 6, threads: 6 }, store('y', thread, shuffle(thread, 2)))
    expect(report(program)).toMatchInlineSnapshot(`
      "divergent-shuffle: lane 0 of a subgroup of 2 takes the value of lane 2, which does not exist (and 1 more like it)
        at a shuffle: thread (4, 0, 0) of group (0, 0, 0): y[local.x] = shuffleXor(local.x, 2)   [main]"
    `)
  })

  test('a shuffle that only some threads of a subgroup reach is an error', () => {
    const program = smallProgram(
      { length: 4, threads: 4 },
      store('y', thread, words(0)),
      when(below(thread, words(2)), store('y', thread, shuffle(thread, 1))),
    )
    expect(report(program)).toMatchInlineSnapshot(`
      "divergent-shuffle: not all threads of a subgroup reach a shuffle together
        at a shuffle: thread (0, 0, 0) of group (0, 0, 0): y[local.x] = shuffleXor(local.x, 1)   [main › if (local.x < 2)]
        at its end: thread (2, 0, 0) of group (0, 0, 0): end   [main]"
    `)
  })
})

describe('elements without a value', () => {
  test('reading a private variable before it is written is an error', () => {
    const program = smallProgram(
      { length: 2, threads: 2 },
      declare('sum'),
      store('y', thread, plus(named('sum'), words(1))),
    )
    expect(report(program)).toMatchInlineSnapshot(`
      "uninitialised: sum is read, but this thread has not given it a value (and 1 more like it)
        read by thread (0, 0, 0) of group (0, 0, 0): y[local.x] = sum + 1   [main]"
    `)
  })

  test('shared memory is empty at the start of every workgroup', () => {
    const program = smallProgram(
      { length: 4, threads: 2, groups: 2, shared: [sharedWords('tile', 2)] },
      when(below(group, words(1)), store('tile', thread, words(1))),
      store('y', plus(times(group, words(2)), thread), load('tile', thread)),
    )
    expect(report(program)).toMatchInlineSnapshot(`
      "uninitialised: tile[0] is read, but nothing has written it (and 1 more like it)
        read by thread (0, 0, 0) of group (1, 0, 0): y[group.x * 2 + local.x] = tile[local.x]   [main]"
    `)
  })

  test('an output element that is never written is an error', () => {
    const program = smallProgram({ length: 4, threads: 4 }, when(below(thread, words(3)), store('y', thread, words(1))))
    expect(report(program)).toMatchInlineSnapshot(`"unwritten: y[3] is never written"`)
  })
})

test('a private array has bounds, too', () => {
  const program = smallProgram(
    { length: 4, threads: 4 },
    privateArray('row', 3),
    { kind: 'assign', name: 'row', index: words(0), value: words(1) },
    store('y', thread, load('row', times(thread, words(3)))),
  )
  expect(report(program)).toMatchInlineSnapshot(`
    "out-of-bounds: row[6] lies outside the private array row, which has 3 elements (and 2 more like it)
      read by thread (2, 0, 0) of group (0, 0, 0): y[local.x] = row[local.x * 3]   [main]"
  `)
})

test('the same seed gives the same findings, and another seed another order', () => {
  const program = smallProgram({ length: 1, threads: 8, groups: 2 }, store('y', words(0), thread))
  const last = (seed: number) => simulate(finishedAsIs(program), new Map(), new Map(), { seed })
  expect(last(1)).toEqual(last(1))
  const results = new Set([1, 2, 3, 4, 5].map(seed => last(seed).outputs.get('y')?.data[0]))
  expect(results.size).toBeGreaterThan(1)
})
