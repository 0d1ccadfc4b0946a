/**
 * 8-bit codes that CUDA files compute without quotients, on the CPU, where the reciprocals are 1 ULP off: at ties and next to them, beyond the
 * bounds, for divisors and dividends of every magnitude, and for NaN and infinities. On a GPU, divisions of all f16 and bf16 by 5.2 million
 * divisors, and of all f32 by 128, gave the same codes.
 */
import { cuda } from '@qernel/codegen-cuda'
import { f32, i8, interpretKernel, kernel, type StorageType, type Tensor, u8 } from '@qernel/dsl'
import { runKernel } from '@qernel/runtime'
import { parseSteps } from '@qernel/schedule'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HostCuda, hasHostCompiler, openHostCuda } from './host/host-cuda.ts'

const T = 512
const D = 64
const floatOf = (bits: number) => new Float32Array(Uint32Array.of(bits).buffer)[0] as number
const bitsOf = (x: number) => new Uint32Array(Float32Array.of(x).buffer)[0] as number

/** Divisors: around 1, small and large, next to the ends of the normal range, denormal, and no numbers to divide by. */
const divisors = Float32Array.from({ length: D }, (_, d) => {
  const special = [0, -0, Number.POSITIVE_INFINITY, Number.NaN, floatOf(1), floatOf(2), floatOf(3), floatOf(0x7fffff)]
  const ends = [0x00800000, 0x00800001, 0x00ffffff, 0x7f7fffff, 0x7e800001, 0x3f7fffff, 0x3fffffff, 0x80000007]
  if (d < 8) return special[d] as number
  return d < 16 ? floatOf(ends[d - 8] as number) : ((d % 2 ? -1 : 1) * (1 + d * 0.37)) / (d < 40 ? 127 : 3e-20)
})
const strange = [0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, floatOf(1), floatOf(0x807fffff)]
/** Dividends of each divisor: quotients at ties from −300 to 300 and up to two ULP beside, far beyond, and special values. */
const dividends = Float32Array.from({ length: T * D }, (_, i) => {
  const t = Math.floor(i / D)
  const b = divisors[i % D] as number
  if (t < strange.length) return strange[t] as number
  if (t < 40) return Math.fround(b * 2 ** (t * 6 - 120))
  const tie = Math.fround(b * (Math.floor((t - 40) / 5) * 6.5 - 300))
  return floatOf(bitsOf(tie) + (t % 5) - 2)
})

/** @param shared whether each row has a divisor, instead of each column */
const divide = (type: StorageType, low: number, high: number, shared: boolean) =>
  kernel('divide', ({ size, input, output }) => {
    const [rows, columns] = [size('T'), size('D')]
    const a = input('a', f32, [rows, columns])
    const b = input('b', f32, [shared ? rows : columns])
    output('q', type, { t: rows, d: columns }, (t, d) =>
      a(t, d)
        .div(b(shared ? t : d))
        .round()
        .clamp(low, high)
        .saturate(type),
    )
  })

const cases = [
  [i8, -128, 127, false],
  [i8, -127, 127, true],
  [i8, -7, 0, false],
  [u8, 0, 255, false],
  [u8, 0, 15, true],
] as const
const schedules = [
  'tile(t=8,d=64) vectorize(d=4) predicate(d=assume)',
  'tile(t=8,d=64) vectorize(d=8) coarsen(t=2) predicate(d=assume)',
  'tile(t=16,d=64) coarsen(t=4)',
]

describe.skipIf(!hasHostCompiler)('codes without quotients are those of the interpreter', () => {
  let host: HostCuda
  const compiled = cases.map(([type, low, high, shared]) => {
    const made = divide(type, low, high, shared)
    return { made, shared, files: schedules.map(steps => cuda.compile(made, parseSteps(steps))) }
  })

  beforeAll(async () => {
    host = await openHostCuda()
    await host.compile(compiled.flatMap(({ files }) => files))
  })
  afterAll(() => host?.device.close())

  test.each(cases.map(([type, low, high, shared], i) => [type.name, low, high, shared ? 'row' : 'column', i] as const))(
    '%s from %i to %i, with one divisor per %s',
    async (_, low, high, _of, which) => {
      const { made, shared, files } = compiled[which] as (typeof compiled)[number]
      // With one divisor per row, the numbers are transposed, so that those of a divisor are in its row.
      const [rows, columns] = shared ? [D, T] : [T, D]
      const data = shared
        ? Float32Array.from(dividends, (_x, i) => dividends[(i % T) * D + Math.floor(i / T)] as number)
        : dividends
      const inputs = new Map<string, Tensor>([
        ['a', { type: f32, shape: [rows, columns], data }],
        ['b', { type: f32, shape: [D], data: divisors }],
      ])
      const expected = interpretKernel(made, inputs).get('q')?.data as Int8Array
      for (const file of files) {
        expect(file.source).toMatch(
          high - low > 15 ? /divide_to_codes\(|guess_or_divide\(/ : /divide_to_codes\(|__fdiv_rn\(/,
        )
        const { outputs } = await runKernel(host.device, await host.device.load(file), {
          inputs,
          sizes: { T: rows, D: columns },
        })
        const found = outputs.get('q')?.data as Int8Array
        const wrong = [...expected].flatMap((code, i) => {
          const b = divisors[shared ? Math.floor(i / columns) : i % columns]
          return code === found[i] ? [] : [`${data[i]} / ${b}: ${found[i]}, not ${code}`]
        })
        expect(wrong).toEqual([])
      }
    },
  )
})
