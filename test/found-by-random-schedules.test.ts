/** Cases that random schedules once found to be wrong, by what was wrong with them. They stay right. */
import { afterAll, expect, test, vi } from 'vitest'
import { openDevices } from './devices.ts'
import { parseTrial, runTrial } from './random/trial.ts'

// Software compilers of shaders are slow where the machine is busy.
vi.setConfig({ testTimeout: 30_000 })

const { present, absent } = await openDevices()
afterAll(() => Promise.all(present.map(({ device }) => device.close())))
test.skip.each(absent)('$adapter is not installed here', () => undefined)

const found = [
  ['a masked store into an array of vectors', 'int8_per_channel/f32 | vectorize(d=4) | T=3 D=7 | 0'],
  ['words of two rows in one thread', 'int8_per_channel_quantize/f32 | vectorize(t=2) | T=1 D=1 | 0'],
  ['words behind the end of a row', 'int8_per_channel_quantize/f32 | vectorize(d=16) | T=3 D=5 | 0'],
  ['an index below the first element', 'neighbours | | T=3 D=5 | 4'],
  ['an index that runs backwards', 'strided | tile(t=4,d=4) | T=5 | 1'],
  ['the constant −0', 'neighbours | | T=19 D=5 | 187014'],
  ['private names in copies of a loop', 'dot | unroll(loop=t) | T=12! D=3 | 0'],
  ['a copy of one element', 'rank_one | bind(i=grid.x) cache(buffer=x,memory=shared,at=i) | N=3 | 0'],
  ['a sum over nothing, divided', 'statistics | | B=1 T=0! | 0'],
  ['0 found by the compiler behind a selection', 'neighbours | | T=1! D=1 | 0'],
  ['x ≠ x, for NaN', 'numbers | | T=1 D=1 | 683856'],
  ['large unsigned numbers as floats', 'convert_u32_f32 | | T=3 D=9 | 995849'],
  ['a folded grid of no columns', 'int8_per_channel/f32 | tile(d=1,stage=q) | T=1 D=0! | 0'],
] as const

test.each(present.flatMap(({ adapter, device }) => found.map(([what, line]) => ({ what, line, adapter, device }))))(
  '$what, on $adapter',
  async ({ line, device }) => {
    expect(await runTrial(device, parseTrial(line))).toBe('right')
  },
)
