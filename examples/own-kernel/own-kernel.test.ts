/** Tests that the author of a kernel file writes: values that are known, then the compiled kernel on random ones. */
import { loadKernel } from '@qernel/kernel-file'
import { checkKernel } from '@qernel/testing'
import { expect, test } from 'vitest'
import { perToken } from './int8-per-token.kernel.ts'
import { softcap } from './softcap.kernel.ts'

const list = (result: { readonly data: ArrayLike<number> } | undefined): number[] => Array.from(result?.data ?? [])

test('the soft cap is cap · tanh(x / cap)', () => {
  const values = [0, 1, -7, 30, 1e6, -1e6]
  const { y } = softcap({ cap: 30 }).run({ x: [values] })
  for (const [i, x] of values.entries()) expect(list(y)[i]).toBeCloseTo(30 * Math.tanh(x / 30), 12)
})

test('the codes of a token reach from end to end, ties to even, and a token of zeros has codes 0', () => {
  const { q, scale } = perToken({ bits: 8 }).run({
    x: [
      [127, -127, 2.5, 1.5],
      [0, 0, 0, 0],
    ],
  })
  expect(list(scale)).toEqual([1, 1 / 127])
  expect(list(q)).toEqual([127, -127, 2, 2, 0, 0, 0, 0])
})

test.each([
  ['softcap.kernel.ts', {}],
  ['int8-per-token.kernel.ts', { bits: 8 }],
  ['int8-per-token.kernel.ts', { bits: 4, element: 'f16' }],
])('%s %o gives the same bits under random schedules', async (file, set) => {
  const { kernel } = await loadKernel(`${import.meta.dirname}/${file}`, { set })
  const report = await checkKernel(kernel, { cases: 40, seed: 1 })
  expect(report.cases).toBeGreaterThanOrEqual(40)
})
