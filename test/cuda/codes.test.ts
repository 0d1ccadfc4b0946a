/**
 * 8-bit codes that CUDA files compute without divisions, on the CPU: at ties and next to them, at the midpoints where a quotient is rounded to a
 * tie or not, beyond the bounds, for divisors and dividends of every magnitude, and for NaN and infinities.
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

/** Significands of divisors: some at random, the least and the largest, and those of maxima of bf16 / 127. */
const significands = Float32Array.from({ length: D }, (_, d) => {
  if (d < 4) return floatOf([0x3f800000, 0x3f800001, 0x3ffffffe, 0x3fffffff][d] as number)
  return d < 32 ? floatOf(0x3f800000 + ((d * 0x9e3779b1) >>> 9)) : Math.fround((1 + d / 128) / 127)
})
/** For each of them and each half-integer h below 256: the floats on either side of m · b, where m is a midpoint between h and a neighbouring float. */
const besideMidpoints = Float32Array.from({ length: 1024 * D }, (_, i) => {
  const [row, b] = [Math.floor(i / D), significands[i % D] as number]
  const h = Math.floor(row / 4) + 0.5
  const m = (h + floatOf(bitsOf(h) + (row & 1 ? 1 : -1))) / 2
  const nearest = Math.fround(m * b) // m * b is exact
  const below = nearest <= m * b ? nearest : floatOf(bitsOf(nearest) - 1)
  return row & 2 ? floatOf(bitsOf(below) + 1) : below
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
  'tile(t=32,d=64) vectorize(t=4) coarsen(t=2) predicate(t=peel)',
]

describe.skipIf(!hasHostCompiler)('codes without divisions are those of the interpreter', () => {
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

  const numbers = [
    ['of every magnitude', dividends, divisors],
    ['beside midpoints', besideMidpoints, significands],
  ] as const
  const tests = numbers.flatMap(([what, all, by]) =>
    cases.map(
      ([type, low, high, shared], i) => [type.name, low, high, shared ? 'row' : 'column', what, i, all, by] as const,
    ),
  )
  test.each(tests)(
    '%s from %i to %i, with one divisor per %s, %s',
    async (_, low, high, _of, _what, which, all, by) => {
      const { made, shared, files } = compiled[which] as (typeof compiled)[number]
      const T = all.length / D
      // With one divisor per row, the numbers are transposed, so that those of a divisor are in its row.
      const [rows, columns] = shared ? [D, T] : [T, D]
      const data = shared ? Float32Array.from(all, (_x, i) => all[(i % T) * D + Math.floor(i / T)] as number) : all
      const inputs = new Map<string, Tensor>([
        ['a', { type: f32, shape: [rows, columns], data }],
        ['b', { type: f32, shape: [D], data: by }],
      ])
      const expected = interpretKernel(made, inputs).get('q')?.data as Int8Array
      for (const file of files) {
        expect(file.source).toMatch(
          high - low > 15 ? /divide_to_codes\(|divide_one\(/ : /divide_to_codes\(|__fdiv_rn\(/,
        )
        const { outputs } = await runKernel(host.device, await host.device.load(file), {
          inputs,
          sizes: { T: rows, D: columns },
        })
        const found = outputs.get('q')?.data as Int8Array
        const wrong = [...expected].flatMap((code, i) => {
          const b = by[shared ? Math.floor(i / columns) : i % columns]
          return code === found[i] ? [] : [`${data[i]} / ${b}: ${found[i]}, not ${code}`]
        })
        expect(wrong).toEqual([])
      }
    },
  )
})
