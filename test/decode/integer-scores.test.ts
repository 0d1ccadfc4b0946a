/** Scores of a quantized query: the integer sums of llama.cpp's generic code, bit for bit. */
import { f16, i8, interpretKernel, type Tensor } from '@qernel/dsl'
import { randomNumbers } from '@qernel/dsl/internal'
import { integerScores } from '@qernel/kernels'
import { checkSchedule } from '@qernel/testing'
import { expect, test } from 'vitest'
import { q8Apart } from '../formats/llama-cpp.ts'
import { floats } from './cache.ts'

const [K, R, T, D] = [2, 3, 5, 64]
const random = randomNumbers(8)

/** Rows quantized to q8_0 by an encoder that shares nothing with the library. */
function quantized(rows: number): { readonly codes: number[]; readonly scales: number[] } {
  const blocks = Array.from({ length: (rows * D) / 32 }, () => {
    const x = Array.from({ length: 32 }, () => Math.fround((random() * 2 - 1) * 4))
    const { codes, parameters } = q8Apart.encode(x, [])
    return { codes: codes.map(Number), scale: Number(parameters[0]) }
  })
  return { codes: blocks.flatMap(each => each.codes), scales: blocks.map(each => each.scale) }
}
const codes = (shape: readonly number[], values: readonly number[]): Tensor => ({
  type: i8,
  shape,
  data: Int32Array.from(values),
})

test('gives what ggml_vec_dot_q8_0_q8_0 gives', () => {
  const [q, k] = [quantized(K * R), quantized(K * T)]
  const inputs = new Map([
    ['q', codes([K, R, D], q.codes)],
    ['q_scale', floats(f16, [K, R, D / 32], at => q.scales[at] as number)],
    ['k', codes([K, T, D], k.codes)],
    ['k_scale', floats(f16, [K, T, D / 32], at => k.scales[at] as number)],
  ])
  const expected: number[] = []
  for (let row = 0; row < K * R; row++)
    for (let t = 0; t < T; t++) {
      const token = Math.floor(row / R) * T + t
      let sum = 0
      for (let b = 0; b < D / 32; b++) {
        let inner = 0
        for (let j = 32 * b; j < 32 * b + 32; j++)
          inner += (q.codes[row * D + j] as number) * (k.codes[token * D + j] as number)
        const scale = Math.fround((q.scales[(row * D) / 32 + b] as number) * (k.scales[(token * D) / 32 + b] as number))
        sum = Math.fround(sum + Math.fround(inner * scale))
      }
      expected.push(sum)
    }
  expect([...(interpretKernel(integerScores(), inputs).get('s')?.data ?? [])]).toEqual(expected)
})

test('is exact under random schedules that keep the order of the blocks', async () => {
  const report = await checkSchedule(integerScores(), [], { cases: 3, seed: 1 })
  expect(report.simulated).toBeGreaterThan(0)
})
