/** InnerQ's key normalization leaves the product of query and keys as it is, but for roundings. */
import { f16, interpretKernel } from '@qernel/dsl'
import { randomNumbers } from '@qernel/dsl/internal'
import { innerqNormalize } from '@qernel/kernels'
import { checkSchedule } from '@qernel/testing'
import { expect, test } from 'vitest'
import { floats } from './cache.ts'

const [K, R, T, D] = [2, 2, 40, 12]
const random = randomNumbers(5)
/** Channels of very different magnitude, one of zeros. */
const k = floats(f16, [K, T, D], at => (at % D === 4 ? 0 : (random() * 2 - 1) * 2 ** ((at % D) - 5)))
const q = floats(f16, [K, R, D], () => random() * 4 - 2)
const results = interpretKernel(
  innerqNormalize(),
  new Map([
    ['k', k],
    ['q', q],
  ]),
)
const array = (name: string) => results.get(name)?.data ?? []

test('c is the root of the largest magnitude of a channel, and 1 for zeros', () => {
  for (let h = 0; h < K; h++)
    for (let d = 0; d < D; d++) {
      let largest = 0
      for (let t = 0; t < T; t++) largest = Math.max(largest, Math.abs(k.data[(h * T + t) * D + d] as number))
      expect(array('c')[h * D + d]).toBeCloseTo(d === 4 ? 1 : Math.sqrt(largest), 5)
      // So the largest magnitude of a normalized channel is c as well.
      const normalized = Array.from({ length: T }, (_, t) =>
        Math.abs(array('k_normalized')[(h * T + t) * D + d] as number),
      )
      expect(Math.max(...normalized)).toBeCloseTo(d === 4 ? 0 : Math.sqrt(largest), 4)
    }
})

test('the product is unchanged but for two roundings per channel', () => {
  for (let row = 0; row < K * R; row++)
    for (let t = 0; t < T; t++) {
      const h = Math.floor(row / R)
      let [plain, normalized, magnitudes] = [0, 0, 0]
      for (let d = 0; d < D; d++) {
        const key = (h * T + t) * D + d
        const product = (q.data[row * D + d] as number) * (k.data[key] as number)
        plain += product
        magnitudes += Math.abs(product)
        normalized += (array('q_scaled')[row * D + d] as number) * (array('k_normalized')[key] as number)
      }
      expect(Math.abs(normalized - plain)).toBeLessThanOrEqual(2.01 * 2 ** -24 * magnitudes)
    }
})

test('holds under random schedules', async () => {
  const report = await checkSchedule(innerqNormalize(), [], { cases: 3, seed: 1 })
  expect(report.simulated).toBeGreaterThan(0)
})
