/** Decode products and attention against float64, from decoders that share no code with the library. */
import { disagreements, disagreementText, freedomOf } from '@qernel/acceptance'
import { wgsl } from '@qernel/codegen-wgsl'
import { f16, f32, i8, interpretKernel, type Tensor } from '@qernel/dsl'
import { randomNumbers } from '@qernel/dsl/internal'
import { decodeKernels, findKernel, type LibraryKernel } from '@qernel/kernels'
import { type Device, openDevice, runKernel } from '@qernel/runtime'
import { checkSchedule } from '@qernel/testing'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { caches, floats, type Random, type Sizes } from './cache.ts'
import { encodedCaches } from './encoded-cache.ts'
import { attentionOf, type Expected, scoresOf, valuesOf } from './oracle.ts'
import { wrongKernels } from './wrong-kernels.ts'

vi.setConfig({ testTimeout: 60_000 })

/** `QERNEL_CASES` above 1000 tries every kernel on the device. */
const isThorough = Number(process.env.QERNEL_CASES ?? 0) > 1000

type Step = 'scores' | 'values' | 'attention'
const formats = Object.keys(caches)

interface Case {
  readonly inputs: ReadonlyMap<string, Tensor>
  readonly expected: Expected
  readonly output: string
}

/** A decode step with random contents, whose scores are so many times as large as usual. */
function caseOf(step: Step, format: string, sizes: Sizes, random: Random, times = 1): Case {
  const { make } = caches[format] as (typeof caches)[string]
  const { K, R, T, D } = sizes
  const q = floats(f16, [K, R, D], () => random() * 4 - 2)
  if (step === 'scores') {
    const keys = make('k', sizes, random)
    return { inputs: new Map([['q', q], ...keys.arrays]), expected: scoresOf(sizes, q.data, keys), output: 's' }
  }
  const values = make('v', sizes, random)
  if (step === 'values') {
    const p = floats(f32, [K, R, T], () => random() / T)
    return { inputs: new Map([['p', p], ...values.arrays]), expected: valuesOf(sizes, p.data, values), output: 'o' }
  }
  const keys = make('k', sizes, random)
  const scale = floats(f32, [1], () => times / Math.sqrt(D))
  return {
    inputs: new Map([['q', q], ['scale', scale], ...keys.arrays, ...values.arrays]),
    expected: attentionOf(sizes, q.data, scale.data[0] as number, keys, values),
    output: 'o',
  }
}

const kernelOf = (step: Step, format: string): LibraryKernel => findKernel(`${step}_${format}`) as LibraryKernel

/** Elements further from the oracle than their bound. */
function beyond({ values, bounds }: Expected, found: ArrayLike<number>): string[] {
  expect(found).toHaveLength(values.length)
  return [...values].flatMap((value, at) =>
    Math.abs((found[at] as number) - value) <= (bounds[at] as number)
      ? []
      : [`[${at}] is ${found[at]}, not ${value} ± ${bounds[at]}`],
  )
}

const steps: readonly Step[] = ['scores', 'values', 'attention']
const all = steps.flatMap(step => formats.map(format => [step, format] as const))

test('every decode kernel is here', () => {
  const encoded = Object.entries(encodedCaches).flatMap(([name, cache]) => cache.steps.map(step => `${step}_${name}`))
  const varlen = ['f16', 'int8_per_token', 'int4_groups'].map(format => `attention_${format}_varlen`)
  const here = [...all.map(([step, format]) => `${step}_${format}`), ...encoded, ...varlen]
  expect(decodeKernels.map(({ name }) => name).sort()).toEqual(here.sort())
})

/** T = 1, part of a chunk, one past a chunk; a head that is shared, and rows of odd length. */
const shapes = (multipleOf: number): readonly Sizes[] => [
  { K: 1, R: 1, T: 1, D: multipleOf },
  { K: 2, R: 1, T: 90, D: 2 * multipleOf },
  { K: 1, R: 1, T: 1025, D: multipleOf === 1 ? 7 : 32 },
  { K: 2, R: 3, T: 70, D: multipleOf === 1 ? 5 : 32 },
]

describe.each(all)('%s_%s', (step, format) => {
  const { multipleOf } = caches[format] as (typeof caches)[string]

  test.each(shapes(multipleOf))('K = $K, R = $R, T = $T, D = $D: as near to float64 as binary32 can be', sizes => {
    const { inputs, expected, output } = caseOf(step, format, sizes, randomNumbers(sizes.T + sizes.D))
    const found = interpretKernel(kernelOf(step, format).define(), inputs).get(output)?.data ?? []
    expect(beyond(expected, found).slice(0, 5)).toEqual([])
    // The bound is far below the results.
    const largest = Math.max(...expected.values.map(Math.abs))
    expect(Math.max(...expected.bounds)).toBeLessThan(2e-2 * largest)
  })

  test('best for CUDA is right, simulated', async () => {
    const kernel = kernelOf(step, format).define()
    const fixed = { D: 32, R: 2 }
    const [best] = kernelOf(step, format).schedules
    const target = { name: 'cuda', subgroup: { min: 32, max: 32 } } as const
    const own = best?.steps({ kernel, target, fixed: new Map(Object.entries(fixed)) }) ?? []
    const report = await checkSchedule(kernel, own, { cases: 1, compose: false, fixed, seed: 1 })
    expect(report.simulated).toBeGreaterThan(0)
  })
})

describe.each(['int8_per_token', 'uint4_groups'])('mistakes in kernels on %s', format => {
  const { multipleOf } = caches[format] as (typeof caches)[string]
  const D = multipleOf === 1 ? 5 : 64
  const made = wrongKernels.flatMap(({ what, in: within, change }) =>
    steps.flatMap(step => (within.test(`${step}_${format}`) ? [{ what, step, change }] : [])),
  )

  test.each(made)('$step: $what is found', ({ step, change }) => {
    const kernel = change(kernelOf(step, format).define())
    const isFound = ([K, R, T, times]: readonly [number, number, number, number]): boolean => {
      const { inputs, expected, output } = caseOf(step, format, { K, R, T, D }, randomNumbers(T), times)
      return beyond(expected, interpretKernel(kernel, inputs).get(output)?.data ?? []).length > 0
    }
    // Scores far below 0 and far above; one chunk; two.
    expect([[2, 3, 1, 400] as const, [2, 3, 70, 1] as const, [1, 1, 1400, 1] as const].some(isFound)).toBe(true)
  })
})

/** Attention over INT8 keys and values of two channels, in one head. */
function attend(
  q: readonly number[],
  scale: number,
  k: readonly number[],
  kScales: readonly number[],
  v: readonly number[],
  vScales: readonly number[],
) {
  const T = kScales.length
  const inputs = new Map<string, Tensor>([
    ['q', { type: f16, shape: [1, 1, 2], data: Float32Array.from(q) }],
    ['scale', { type: f32, shape: [1], data: Float32Array.of(scale) }],
    ['k', { type: i8, shape: [1, T, 2], data: Int32Array.from(k) }],
    ['k_scale', { type: f32, shape: [1, T], data: Float32Array.from(kScales) }],
    ['v', { type: i8, shape: [1, T, 2], data: Int32Array.from(v) }],
    ['v_scale', { type: f32, shape: [1, T], data: Float32Array.from(vScales) }],
  ])
  return [...(interpretKernel(kernelOf('attention', 'int8_per_token').define(), inputs).get('o')?.data ?? [])]
}

describe('special values', () => {
  const ones = (T: number): number[] => new Array<number>(T).fill(1)

  test('an empty cache gives 0', () => {
    expect(attend([1, 1], 1, [], [], [], [])).toEqual([0, 0])
  })

  test('one token gives its value', () => {
    expect(attend([1, 2], 1, [3, -4], [0.5], [7, -9], [2])).toEqual([14, -18])
  })

  test('one token past a chunk counts like the others', () => {
    const T = 1025
    const values = Array.from({ length: 2 * T }, (_, at) => (at >= 2048 ? 100 : 0))
    const found = attend([0, 0], 1, new Array<number>(2 * T).fill(1), ones(T), values, ones(T))
    for (const x of found) expect(x).toBeCloseTo(100 / 1025, 6)
  })

  test('a token of NaN makes its head NaN, and scores of that token only', () => {
    const scales = [1, Number.NaN, 1]
    expect(attend([1, 1], 1, [1, 1, 1, 1, 1, 1], scales, [1, 2, 1, 2, 1, 2], ones(3))).toEqual([Number.NaN, Number.NaN])
  })

  test('scores beyond the finite floats count as the largest, so nothing is NaN', () => {
    // The second score is −∞ in binary32 and gets no weight; two infinite ones share it.
    expect(attend([1, 0], 1e30, [1, 0, -127, 0], [1, 3e38], [5, 5, 9, 9], ones(2))).toEqual([5, 5])
    expect(attend([1, 0], 1e30, [127, 0, 127, 0], [3e38, 3e38], [4, 0, 8, 0], ones(2))).toEqual([6, 0])
  })

  test('a chunk whose scores are all −∞ adds nothing to one that has others', () => {
    const T = 1100
    const [low, high] = [-1e30, 0.5]
    const scales = Array.from({ length: T }, (_, t) => (t < 1024 ? low : high))
    const values = Array.from({ length: 2 * T }, (_, at) => (at < 2048 ? 100 : 3))
    const found = attend(
      [1, 0],
      1e30,
      Array.from({ length: 2 * T }, (_, at) => (at % 2 === 0 ? 1 : 0)),
      scales,
      values,
      ones(T),
    )
    expect(found).toEqual([3, 3])
  })
})

describe('on a device', () => {
  let device: Device
  beforeAll(async () => {
    device = await openDevice({ adapter: 'swiftshader' })
  })
  afterAll(() => device.close())

  // A software device takes 2 to 6 seconds to compile values and attention, whose products are computed on the bits.
  const tried = all.filter(([step, format]) => isThorough || step === 'scores' || format === 'int8_per_token')
  test.each(tried)('%s_%s: best is what its loops give, and near float64', async (step, format) => {
    const sizes: Sizes = { K: 1, R: 1, T: 300, D: 32 }
    const { inputs, expected, output } = caseOf(step, format, sizes, randomNumbers(3))
    const { define, schedules } = kernelOf(step, format)
    const kernel = define()
    const fixed = new Map([
      ['D', sizes.D],
      ['R', sizes.R],
    ])
    const own = schedules[0]?.steps({ kernel, target: device.target, fixed }) ?? []
    const executable = await device.load(wgsl.compile(kernel, own, { target: device.target, fixed }))
    const { outputs } = await runKernel(device, executable, { inputs, sizes: { K: sizes.K, T: sizes.T } })
    const run = { kernel, inputs, sizes: new Map(Object.entries(sizes)), steps: own, fixed }
    expect(disagreements(run, outputs, freedomOf(device)).map(disagreementText).slice(0, 5)).toEqual([])
    expect(beyond(expected, outputs.get(output)?.data ?? []).slice(0, 5)).toEqual([])
  })
})
