/** Attention over a part of a cache, with a softcap, against float64 in plain loops. What lies beyond the length is NaN. */

import { f16, f32, i32, interpretKernel, type Tensor } from '@qernel/dsl'
import { randomNumbers } from '@qernel/dsl/internal'
import {
  attention,
  attentionVarlen,
  f16Cache,
  findKernel,
  int8PerTokenCache,
  kiviCache,
  type LibraryKernel,
} from '@qernel/kernels'
import { checkSchedule } from '@qernel/testing'
import { expect, test, vi } from 'vitest'
import { caches, floats, type Half, type Sizes } from './cache.ts'

vi.setConfig({ testTimeout: 120_000 })

/** o[h, r, d] in float64. */
function expectedOf(
  { K, R, T, D }: Sizes,
  q: ArrayLike<number>,
  [scale, cap]: readonly [number, number],
  lengths: readonly number[],
  k: Half,
  v: Half,
) {
  const o = new Float64Array(K * R * D)
  for (let row = 0; row < K * R; row++) {
    const h = Math.floor(row / R)
    const count = Math.max(0, Math.min(T, lengths[h] as number))
    const scores = Array.from({ length: count }, (_, t) => {
      let sum = 0
      for (let d = 0; d < D; d++) sum += (q[row * D + d] as number) * (k.decoded[(h * T + t) * D + d] as number)
      return cap > 0 ? cap * Math.tanh((sum * scale) / cap) : sum * scale
    })
    const largest = Math.max(...scores)
    const weights = scores.map(score => Math.exp(score - largest))
    const total = weights.reduce((sum, weight) => sum + weight, 0)
    for (let d = 0; d < D; d++) {
      const sum = weights.reduce((all, weight, t) => all + weight * (v.decoded[(h * T + t) * D + d] as number), 0)
      o[row * D + d] = count === 0 ? 0 : sum / total
    }
  }
  return o
}

/** NaN in every float of a token that does not count. */
const spoiled = ({ T }: Sizes, lengths: readonly number[], { arrays }: Half): [string, Tensor][] =>
  [...arrays].map(([name, tensor]) => {
    const row = tensor.data.length / (lengths.length * T)
    const counts = (at: number): boolean => Math.floor(at / row) % T < (lengths[Math.floor(at / (row * T))] as number)
    return [
      name,
      tensor.type.kind === 'float'
        ? { ...tensor, data: tensor.data.map((x, at) => (counts(at) ? x : Number.NaN)) }
        : tensor,
    ]
  })

const formats = { f16: f16Cache, int8_per_token: int8PerTokenCache } as const
/** No token, one, the end of a chunk, one past it, all, and more than there are. */
const lengths = [0, 1, 4, 5, 9, 100]

function run(name: keyof typeof formats, cap: number) {
  const sizes: Sizes = { K: lengths.length, R: 2, T: 9, D: 6 }
  const random = randomNumbers(11)
  const { make } = caches[name] as (typeof caches)[string]
  const q = floats(f16, [sizes.K, sizes.R, sizes.D], () => random() * 4 - 2)
  const [k, v] = [make('k', sizes, random), make('v', sizes, random)]
  const factor = Math.fround(0.4)
  const inputs = new Map<string, Tensor>([
    ['q', q],
    ['scale', floats(f32, [2], at => (at === 0 ? factor : cap))],
    ['length', { type: i32, shape: [sizes.K], data: Int32Array.from(lengths) }],
    ...spoiled(sizes, lengths, k),
    ...spoiled(sizes, lengths, v),
  ])
  // Chunks of four tokens, so that whole chunks are masked.
  const found = interpretKernel(attentionVarlen(formats[name], 4)(), inputs).get('o')?.data ?? []
  return { found, expected: expectedOf(sizes, q.data, [factor, cap], lengths, k, v) }
}

test.each([
  ['f16', 0],
  ['f16', 1.5],
  ['int8_per_token', 0],
  ['int8_per_token', 1.5],
] as const)('%s with a softcap of %f, for lengths within and beyond the cache', (name, cap) => {
  const { found, expected } = run(name, cap)
  expect(found).toHaveLength(expected.length)
  const largest = Math.max(...expected.map(Math.abs))
  const off = [...expected].filter((value, at) => !(Math.abs((found[at] as number) - value) <= 1e-5 * largest))
  expect(off).toEqual([])
})

test('a softcap changes the result', () => {
  const [plain, capped] = [run('f16', 0).found, run('f16', 1.5).found]
  expect([...plain].some((x, at) => Math.abs(x - (capped[at] as number)) > 1e-2)).toBe(true)
})

test('groups of tokens have no lengths, and do not straddle chunks', () => {
  expect(() => attentionVarlen(kiviCache(2))()).toThrow(
    'tokens come in groups of 32, of which only whole ones can count',
  )
  expect(() => attention(kiviCache(2), 100)()).toThrow(
    'a group of 32 tokens would straddle chunks of 100; the nearest whole ones are 96 and 128',
  )
})

test.each(['attention_f16_varlen', 'attention_int8_per_token_varlen', 'attention_int4_groups_varlen'])(
  'best of %s, simulated',
  async name => {
    const { define, schedules } = findKernel(name) as LibraryKernel
    const kernel = define()
    const fixed = { D: 32, R: 2 }
    for (const target of [{ name: 'cuda', subgroup: { min: 32, max: 32 } }, { name: 'wgsl' }] as const) {
      const own = schedules[0]?.steps({ kernel, target, fixed: new Map(Object.entries(fixed)) }) ?? []
      const report = await checkSchedule(kernel, own, { cases: 1, compose: false, fixed, seed: 1 })
      expect(report.simulated).toBeGreaterThan(0)
    }
  },
)
