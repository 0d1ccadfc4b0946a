/** Copies of elements that several statements access: writing the fields of a record, and reading the halves of a row. */
import { abs, f16, f32, field, i8, interpretKernel, interpretNest, kernel, max, u8 } from '@qernel/dsl'
import { describe, expect, test } from 'vitest'
import { applySchedule, nestText, parseSteps, ScheduleRefusal } from '../../src/index.ts'

/** Two records of 6 bytes per row: { f16 d; i8 q[4] }. */
const records = kernel('records', ({ size, input, outputRecord }) => {
  const T = size('T')
  const x = input('x', f32, [T, 2, 4])
  outputRecord('blocks', [T, 2], {
    d: field(f16, (t, h) => max(4, e => abs(x(t, h, e)))),
    q: field(i8, 4, (t, h, e) => x(t, h, e).round()),
  })
})
const words = new Set(['f32', 'i32', 'u32'])
const fused =
  'fuse(producer=blocks_d,consumer=blocks_q) bind(t=grid.x) bind(byte=block.x,h=block.y,stage=blocks_d) bind(e=block.x,h=block.y,stage=blocks_q)'

describe('the fields of a record are collected in shared memory and stored in words', () => {
  const { nest } = applySchedule(records, parseSteps(`${fused} cache(buffer=blocks,memory=shared,at=t)`), {
    nativeTypes: words,
  })
  test('one copy after the last field stores all of them', () => {
    const text = nestText(nest)
    expect(text.slice(text.indexOf('blocks_tile'))).toMatchInlineSnapshot(`
      "blocks_tile: u32[12]
        block.y h in 2
          block.x byte in 2
            register blocks_d_max: f32[]
            blocks_d_max[] = 0
            serial e in 4 (reduce)
              blocks_d_max[] = max(blocks_d_max[], abs(x[t, h, e]))
            blocks_tile[6·h + byte] = wrap_u8(shiftRight(floatBits_f16(blocks_d_max), (bitcastU32(byte) · 8)))
        block.y h in 2
          block.x e in 4
            blocks_tile[6·h + e + 2] = wrap_u8(bitcastU32(saturate_i8(round(x[t, h, e]))))
        serial blocks_out in 3
          vector blocks_vec in 4
            blocks[t, 4·blocks_out + blocks_vec] = blocks_tile[4·blocks_out + blocks_vec]"
    `)
  })
  test('the bytes are those of the definition', () => {
    const data = Float32Array.from({ length: 24 }, (_, i) => ((i * 37) % 19) - 9)
    const inputs = new Map([['x', { type: f32, shape: [3, 2, 4], data }]])
    expect([...(interpretNest(nest, inputs).get('blocks')?.data ?? [])]).toEqual([
      ...(interpretKernel(records, inputs).get('blocks')?.data ?? []),
    ])
  })
})

test('refuses a copy with a missing field, since it would have a hole', () => {
  const steps = parseSteps('bind(t=grid.x,stage=blocks_q) cache(buffer=blocks,memory=shared,at=t,stage=blocks_q)')
  expect(() => applySchedule(records, steps)).toThrow(ScheduleRefusal)
  expect(() => applySchedule(records, steps)).toThrow('is not a range of neighbouring elements')
})

/** Records of 8 bytes: { f16 d; i8 q[4]; u8 m[2] }, or with m in front of q. */
const ofThree = (order: 'dqm' | 'dmq') =>
  kernel('three', ({ size, input, outputRecord }) => {
    const T = size('T')
    const x = input('x', f32, [T, 4])
    const d = field(f16, t => max(4, e => abs(x(t, e))))
    const m = field(u8, { e: 2 }, (t, e) => x(t, e).round())
    const q = field(i8, { e: 4 }, (t, e) => x(t, e).round())
    outputRecord('r', { t: T }, order === 'dqm' ? { d, q, m } : { d, m, q })
  })

describe('a vector that is longer than its field', () => {
  const schedule = (order: 'dqm' | 'dmq') =>
    applySchedule(
      ofThree(order),
      parseSteps('bind(t=grid.x,stage=r_q) vectorize(e=8,stage=r_q) cache(buffer=r,memory=shared,at=t,stage=r_q)'),
    ).nest
  test('is refused if another field follows', () => {
    expect(() => schedule('dqm')).toThrow(
      'the part of r that is written inside t has holes: only elements with e below 4 are written',
    )
  })
  test('is cut at the end of the record', () => {
    const data = Float32Array.from({ length: 12 }, (_, i) => ((i * 37) % 19) - 9)
    const inputs = new Map([['x', { type: f32, shape: [3, 4], data }]])
    const expected = interpretKernel(ofThree('dmq'), inputs).get('r')?.data ?? []
    expect([...(interpretNest(schedule('dmq'), inputs).get('r')?.data ?? [])]).toEqual([...expected])
  })
})

describe('copies without holes give the right results, whatever guards their stores have', () => {
  const rows = kernel('rows', ({ size, input, output }) => {
    const [T, D] = [size('T'), size('D')]
    const groups = D.groups(8)
    const x = input('x', f32, [T, D])
    output('largest', f32, [T, groups.count], (t, g) => max(groups.at(g), e => abs(x(t, e))))
    output('q', i8, { t: T, d: D }, (t, d) => x(t, d).round())
  })
  test.each([
    [
      'a peeled version and its tail',
      'tile(t=1,d=8,stage=q) vectorize(d=4,stage=q) predicate(d=peel,stage=q) cache(buffer=q,memory=shared,at=d,stage=q)',
    ],
    ['a row of any length', 'tile(t=2,d=8,stage=q) cache(buffer=q,memory=shared,at=d,stage=q)'],
    ['groups of a row', 'tile(t=2,g=4,stage=largest) cache(buffer=largest,memory=shared,at=g,stage=largest)'],
  ])('%s', (_, steps) => {
    const { nest } = applySchedule(rows, parseSteps(steps))
    for (const D of [5, 8, 13]) {
      const data = Float32Array.from({ length: 3 * D }, (_, i) => ((i * 37) % 19) - 9)
      const inputs = new Map([['x', { type: f32, shape: [3, D], data }]])
      expect(interpretNest(nest, inputs)).toEqual(interpretKernel(rows, inputs))
    }
  })
})

test('a field as long as a row may follow another field', () => {
  const rows = kernel('rows', ({ size, input, outputRecord }) => {
    const [T, D] = [size('T'), size('D')]
    const x = input('x', f32, [T, D])
    outputRecord(
      'r',
      { t: T },
      { d: field(f32, t => max(D, e => x(t, e))), q: field(i8, { e: D }, (t, e) => x(t, e).round()) },
    )
  })
  const steps = 'tile(t=1,e=8,stage=r_q) cache(buffer=r,memory=shared,at=e,stage=r_q)'
  const { nest } = applySchedule(rows, parseSteps(steps))
  const data = Float32Array.from({ length: 39 }, (_, i) => ((i * 37) % 19) - 9)
  const inputs = new Map([['x', { type: f32, shape: [3, 13], data }]])
  expect(interpretNest(nest, inputs)).toEqual(interpretKernel(rows, inputs))
})

test('fields that are stored separately are refused if they share words', () => {
  expect(() => applySchedule(records, [], { nativeTypes: words })).toThrow(/word-split/)
})

/** One byte per element j: one copy holds both halves of the row. */
const nibbles = kernel('nibbles', ({ size, input, output }) => {
  const T = size('T')
  const x = input('x', f32, [T, 8])
  const largest = output('largest', f32, [T], t => max([2, 4], (half, j) => abs(x(t, half.mul(4).add(j)))))
  output('q', u8, [T, 4], (t, j) =>
    x(t, j)
      .div(largest(t))
      .round()
      .add(x(t, j.add(4)).div(largest(t)).round().mul(16)),
  )
})

test('a reader at a single iteration of a loop uses the same copy', () => {
  const { nest } = applySchedule(
    nibbles,
    parseSteps('fuse(producer=largest,consumer=q) bind(t=grid.x) cache(buffer=x,memory=register,at=t)'),
  )
  expect(nestText(nest)).toContain('x_reg[0, j]')
  expect(nestText(nest)).toContain('x_reg[1, j]')
  const data = Float32Array.from({ length: 24 }, (_, i) => ((i * 37) % 19) - 9)
  const inputs = new Map([['x', { type: f32, shape: [3, 8], data }]])
  expect([...(interpretNest(nest, inputs).get('q')?.data ?? [])]).toEqual([
    ...(interpretKernel(nibbles, inputs).get('q')?.data ?? []),
  ])
})
