/** Grouped query heads: R queries share the keys and values of a head, which a workgroup reads once for all of them. */
import { interpretKernel } from '@qernel/dsl'
import { decodeKernels, findKernel, type LibraryKernel } from '@qernel/kernels'
import { applySchedule, costOf } from '@qernel/schedule'
import { checkSchedule } from '@qernel/testing'
import { describe, expect, test, vi } from 'vitest'
import { floats } from './cache.ts'

vi.setConfig({ testTimeout: 120_000 })

const subgroup = { min: 32, max: 32 }
const bestSteps = ({ define, schedules }: LibraryKernel, name: 'cuda' | 'wgsl', fixed: ReadonlyMap<string, number>) => {
  const kernel = define()
  return { kernel, steps: schedules[0]?.steps({ kernel, target: { name, subgroup }, fixed }) ?? [] }
}

/** Bytes of a tensor that loops load again, for 2 heads of 16384 tokens of 128 channels. */
function repeatedBytes(entry: LibraryKernel, name: 'cuda' | 'wgsl', R: number, tensors: readonly string[]) {
  const sizes = new Map([
    ['K', 2],
    ['R', R],
    ['T', 16384],
    ['G', 512],
    ['D', 128],
  ])
  const { kernel, steps } = bestSteps(entry, name, sizes)
  const cost = costOf(applySchedule(kernel, steps, { fixed: sizes }).nest, sizes)
  return cost.tensors.filter(({ tensor }) => tensors.includes(tensor)).map(({ repeatedBytes: bytes }) => bytes)
}

/** Keys and attention of these formats have plainer schedules. */
const isPlain = ({ name }: LibraryKernel): boolean => /^(scores|attention)_(kivi|innerq_k)|llama/.test(name)
const sharing = decodeKernels.filter(entry => !isPlain(entry)).map(entry => [entry.name, entry] as const)

test.each(sharing)('%s reads its codes once for all queries', (name, entry) => {
  for (const R of [1, 2, 4, 8])
    expect(repeatedBytes(entry, 'cuda', R, ['k', 'v']), `R = ${R}`).toEqual(name.startsWith('attention') ? [0, 0] : [0])
})

/** Lanes within groups and along them, an odd number of queries, and more queries than a workgroup serves. */
const simulated = [
  ['attention_int8_per_token', 4, 32],
  ['attention_int4_groups', 2, 64],
  ['attention_int3_groups', 3, 32],
  ['values_uint4_groups', 3, 64],
  ['values_int8_per_token', 9, 32],
  ['scores_int3_groups', 8, 64],
  ['scores_f16', 3, 32],
] as const
test.each(simulated)('best of %s with R = %i, D = %i, simulated', async (name, R, D) => {
  for (const target of ['cuda', 'wgsl'] as const) {
    const { kernel, steps } = bestSteps(findKernel(name) as LibraryKernel, target, new Map(Object.entries({ D, R })))
    const report = await checkSchedule(kernel, steps, { cases: 1, compose: false, fixed: { D, R }, seed: 2 })
    expect(report.simulated).toBeGreaterThan(0)
  }
})

describe('the number of query heads', () => {
  test('must be R for each head of the keys', () => {
    const kernel = (findKernel('scores_f16') as LibraryKernel).define()
    const keys = floats(kernel.tensors[1]?.type ?? expect.fail(), [8, 2, 4], () => 1)
    const queries = (shape: readonly number[]) => floats(keys.type, shape, () => 1)
    expect(() =>
      interpretKernel(
        kernel,
        new Map([
          ['q', queries([7, 4, 4])],
          ['k', keys],
        ]),
      ),
    ).toThrowErrorMatchingInlineSnapshot(`[InputError: scores_f16: size K is 7 by axis 0 of q but 8 by axis 0 of k]`)
    expect(() =>
      interpretKernel(
        kernel,
        new Map([
          ['q', queries([30, 4])],
          ['k', keys],
        ]),
      ),
    ).toThrowErrorMatchingInlineSnapshot(
      `[InputError: scores_f16: input q has rank 2 (30 × 4); rank 3, [K, R, D], is expected]`,
    )
  })
})
