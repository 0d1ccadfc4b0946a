/** Which thread touches which element, counted by hand. */
import { abs, affine, f32, type Guard, kernel, max } from '@qernel/dsl'
import { expect, test } from 'vitest'
import { applySchedule, costOf, parseSteps, variations } from '../../src/index.ts'
import { accessesOf, bankConflicts, dispatchesOf, threadMap, warpTransactions } from '../../src/internal.ts'
import { codebook, perChannel, quantize } from '../kernels.ts'
import { portable } from '../refusals/refusal.ts'

const perRow = kernel('per_row', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const scale = input('scale', f32, [T])
  output('q', f32, [T, D], (t, d) => x(t, d).mul(scale(t)))
})

const perToken = kernel('per_token', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const scale = output('scale', f32, [T], t => max(D, d => abs(x(t, d))))
  output('q', f32, [T, D], (t, d) => x(t, d).div(scale(t)))
})

const sizes = new Map([
  ['T', 64],
  ['D', 256],
])

function mapOf(kernel: typeof quantize, steps: string, what: string, memory: 'global' | 'shared' = 'global') {
  const { nest } = applySchedule(kernel, parseSteps(steps))
  const access = accessesOf(nest, memory).find(({ kind, buffer }) => `${kind} ${buffer.name}` === what)
  if (access === undefined) throw new Error(`there is no ${what}`)
  return { access, map: threadMap(nest, access, sizes) }
}

test('threads are numbered along x first, a vector is one moment, and the loops of a thread are one moment after another', () => {
  const { map } = mapOf(quantize, 'tile(t=2,d=16) vectorize(d=4) coarsen(t=2)', 'load x')
  expect(map?.threads).toBe(4)
  expect(map?.touches.filter(({ thread }) => thread === 1)).toEqual([
    ...[4, 5, 6, 7].map(d => ({ thread: 1, moment: 0, at: [0, d] })),
    ...[4, 5, 6, 7].map(d => ({ thread: 1, moment: 1, at: [1, d] })),
  ])
})

test('elements past the end are not touched', () => {
  const small = new Map([
    ['T', 3],
    ['D', 5],
  ])
  const { nest } = applySchedule(quantize, parseSteps('tile(t=4,d=4)'))
  const [load] = accessesOf(nest, 'global')
  const map = load && threadMap(nest, load, small)
  expect(map?.touches).toHaveLength(3 * 4)
})

test('an access at an index from the data has no map', () => {
  expect(mapOf(codebook, 'tile(t=4,d=4)', 'load book').map).toBeUndefined()
})

test('a map stops after the first moments of a long loop', () => {
  const { map } = mapOf(perChannel, 'tile(d=64,stage=scale)', 'load x')
  expect(map?.isWhole).toBe(true)
  const { nest } = applySchedule(perChannel, parseSteps('tile(d=64,stage=scale)'))
  const access = accessesOf(nest, 'global')[0]
  const cut = access && threadMap(nest, access, sizes, { touches: 640 })
  expect(cut?.isWhole).toBe(false)
  expect(cut?.touches).toHaveLength(640)
})

test.each([
  ['threads in a row read adjacent floats', 'tile(t=1,d=256)', 'load x', 4, { bytes: 128, sectors: 4, fewest: 4 }],
  ['threads in a column touch one sector each', 'tile(t=32,d=1)', 'load x', 4, { bytes: 128, sectors: 32, fewest: 4 }],
  [
    'each thread reads 16 bytes',
    'tile(t=1,d=256) vectorize(d=4)',
    'load x',
    16,
    { bytes: 512, sectors: 16, fewest: 16 },
  ],
  [
    'each thread reads four adjacent floats one by one',
    'tile(t=1,d=256) vectorize(d=4)',
    'load x',
    4,
    { bytes: 128, sectors: 16, fewest: 4 },
  ],
  ['threads store adjacent bytes', 'tile(t=1,d=256)', 'store q', 1, { bytes: 32, sectors: 1, fewest: 1 }],
  ['all threads read one scale', 'tile(t=32,d=1)', 'load scale', 4, { bytes: 4, sectors: 1, fewest: 1 }],
])('%s', (_, steps, what, laneBytes, expected) => {
  const { access, map } = mapOf(quantize, steps, what)
  expect(map && warpTransactions(map, access.buffer, laneBytes)).toEqual(expected)
})

test('one lane of each row stores the result of the row, and all threads load what each keeps for itself', () => {
  const steps =
    'fuse(producer=scale,consumer=q) tile(t=8) splitReduction(d=32,combine=shared) split(loop=d,by=32,stage=q) bind(t_in=block.y,d_in=block.x)'
  const store = mapOf(perToken, steps, 'store scale')
  expect(store.map?.threads).toBe(256)
  expect(store.map?.touches).toEqual(Array.from({ length: 8 }, (_, t) => ({ thread: 32 * t, moment: 0, at: [t] })))
  expect(store.map && warpTransactions(store.map, store.access.buffer, 4)).toEqual({ bytes: 4, sectors: 1, fewest: 1 })
  const { accesses } = costOf(applySchedule(perToken, parseSteps(steps)).nest, sizes)
  expect(accesses.map(({ kind, buffer, pattern }) => `${kind} ${buffer} ${pattern}`)).toContain('store scale single')

  const hoisted = 'tile(t=4,d=128) vectorize(d=4) cache(buffer=scale,memory=register,at=t_in)'
  const load = mapOf(perRow, hoisted, 'load scale')
  expect(load.map?.touches.map(({ thread }) => thread)).toEqual(Array.from({ length: 4 * 32 }, (_, thread) => thread))
  expect(costOf(applySchedule(perRow, parseSteps(hoisted)).nest, sizes).accesses).toContainEqual(
    expect.objectContaining({ buffer: 'scale', pattern: 'same', elements: 64, repeated: 64 * 2 * 32 - 64 }),
  )
})

test('different words of one bank conflict', () => {
  const at = (column: number, row: number) => ({
    threads: 32,
    dims: [32, 32],
    isWhole: true,
    touches: Array.from({ length: 32 }, (_, thread) => ({ thread, moment: 0, at: [thread * row, thread * column] })),
  })
  expect([at(1, 0), at(0, 1), at(0, 0), at(1, 1)].map(bankConflicts)).toEqual([1, 32, 1, 1])
})

test('a dispatch lists its grid, its workgroup and its shared memory', () => {
  const steps = 'tile(d=64,stage=scale) tile(t=8,d=32,stage=q) cache(buffer=x,memory=shared,stage=q)'
  const [scale, q] = dispatchesOf(applySchedule(perChannel, parseSteps(steps)).nest)
  expect(scale).toMatchObject({ stage: 'scale', workgroup: [64, 1, 1], threads: 64, shared: [], meetingBytes: 0 })
  expect(q).toMatchObject({ stage: 'q', workgroup: [32, 8, 1], threads: 256, shared: [{ bytes: 4 * 8 * 32 }] })
  expect(q?.grid).toEqual([{ size: 'D', dividedBy: 32 }, { size: 'T', dividedBy: 8 }, 1])
})

test('changing one argument shows which values apply and which step refuses the others', () => {
  const all = variations(quantize, parseSteps('tile(t=16,d=16) coarsen(d=2,order=strided)'), portable)
  const outcome = (step: number, argument: string) =>
    all
      .filter(one => one.step === step && one.argument === argument)
      .map(
        ({ value, outcome }) =>
          `${value} ${'refusal' in outcome ? `${outcome.refusal.code} ${outcome.step}` : 'applies'}`,
      )
  expect(outcome(1, 't')).toMatchInlineSnapshot(`
    [
      "1 applies",
      "2 applies",
      "4 applies",
      "8 applies",
      "32 applies",
      "64 device-limit 1",
      "128 device-limit 1",
      "256 device-limit 1",
    ]
  `)
  expect(outcome(2, 'order')).toEqual(['blocked applies'])
  expect(outcome(2, 'd')).toMatchInlineSnapshot(`
    [
      "4 applies",
      "8 applies",
    ]
  `)
})

test('a map of the longest rows ends, even if the first workgroup touches nothing', () => {
  const { nest } = applySchedule(perChannel, parseSteps('tile(d=64,stage=scale)'))
  const longest = new Map([
    ['T', 2 ** 31 - 1],
    ['D', 2 ** 31 - 1],
  ])
  const [access] = accessesOf(nest, 'global')
  if (access === undefined) throw new Error('there is no access')
  const never: Guard = { axis: 'd', index: affine.constant(3), below: 3 }
  const map = threadMap(nest, { ...access, leaf: { ...access.leaf, where: [never] } }, longest)
  expect(map).toMatchObject({ isWhole: false, touches: [] })
})
