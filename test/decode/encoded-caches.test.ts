/** Decode products and attention over caches that the encoders of `test/formats` made, against float64. */
import { f16, f32, interpretKernel, type Tensor } from '@qernel/dsl'
import { randomNumbers } from '@qernel/dsl/internal'
import { findKernel, type LibraryKernel } from '@qernel/kernels'
import { checkSchedule } from '@qernel/testing'
import { expect, test, vi } from 'vitest'
import { floats, type Half, type Sizes } from './cache.ts'
import { type EncodedCache, encodedCaches } from './encoded-cache.ts'
import { attentionOf, type Expected, scoresOf, valuesOf } from './oracle.ts'

vi.setConfig({ testTimeout: 120_000 })

const cases = Object.entries(encodedCaches).flatMap(([name, cache]) =>
  cache.steps.map(step => [step, name, cache] as const),
)

/** T = 1 or one group, part of a chunk, more than a chunk; a head that is shared. */
const shapes: readonly Sizes[] = [
  { K: 1, R: 1, T: 1, D: 1 },
  { K: 2, R: 3, T: 70, D: 64 },
  { K: 1, R: 2, T: 1025, D: 32 },
]
const rounded = (x: number, multiple: number): number => Math.ceil(x / multiple) * multiple

function caseOf(step: 'scores' | 'values' | 'attention', cache: EncodedCache, sizes: Sizes) {
  const { K, R, T, D } = sizes
  const random = randomNumbers(T + D)
  const keys = step === 'values' ? undefined : cache.keys?.('k', sizes, random)
  const values = step === 'scores' ? undefined : cache.values?.('v', sizes, random)
  const q = floats(f16, [K, R, D], () => random() * 4 - 2)
  const p = floats(f32, cache.tokens === 1 ? [K, R, T] : [K, R, T / cache.tokens, cache.tokens], () => random() / T)
  const scale = floats(f32, [1], () => 1 / Math.sqrt(D))
  const arrays: readonly (readonly [string, Tensor])[] = [...(keys?.arrays ?? []), ...(values?.arrays ?? [])]
  const own: readonly (readonly [string, Tensor])[] =
    step === 'scores'
      ? [['q', q]]
      : step === 'values'
        ? [['p', p]]
        : [
            ['q', q],
            ['scale', scale],
          ]
  const expected: Expected =
    step === 'scores'
      ? scoresOf(sizes, q.data, keys as Half)
      : step === 'values'
        ? valuesOf(sizes, p.data, values as Half)
        : attentionOf(sizes, q.data, scale.data[0] as number, keys as Half, values as Half)
  return { inputs: new Map([...own, ...arrays]), expected, output: step === 'scores' ? 's' : 'o' }
}

test.each(cases)('%s_%s: as near to float64 as binary32 can be', (step, name, cache) => {
  const kernel = (findKernel(`${step}_${name}`) as LibraryKernel).define()
  for (const each of shapes) {
    const sizes = { ...each, T: rounded(each.T, cache.tokens), D: rounded(each.D, cache.channels) }
    const { inputs, expected, output } = caseOf(step, cache, sizes)
    const found = interpretKernel(kernel, inputs, new Map([['D', sizes.D]])).get(output)?.data ?? []
    expect(found).toHaveLength(expected.values.length)
    const beyond = [...expected.values].flatMap((value, at) =>
      Math.abs((found[at] as number) - value) <= (expected.bounds[at] as number)
        ? []
        : [`T = ${sizes.T}: [${at}] is ${found[at]}, not ${value} ± ${expected.bounds[at]}`],
    )
    expect(beyond.slice(0, 5)).toEqual([])
    // The bound is far below the results.
    expect(Math.max(...expected.bounds)).toBeLessThan(2e-2 * Math.max(...expected.values.map(Math.abs)))
  }
})

test.each(cases)('best of %s_%s is right, simulated', async (step, name) => {
  const { define, schedules } = findKernel(`${step}_${name}`) as LibraryKernel
  const kernel = define()
  const fixed = { D: 32, R: 2 }
  for (const target of [{ name: 'cuda', subgroup: { min: 32, max: 32 } }, { name: 'wgsl' }] as const) {
    const own = schedules[0]?.steps({ kernel, target, fixed: new Map(Object.entries(fixed)) }) ?? []
    const report = await checkSchedule(kernel, own, { cases: 1, compose: false, fixed, seed: 1 })
    expect(report.simulated).toBeGreaterThan(0)
  }
})
