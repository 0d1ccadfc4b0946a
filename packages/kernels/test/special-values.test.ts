/** What the docstrings promise for NaN, infinities, and constant, all-zero and all-NaN groups; and InnerQ's choice of mode, by plain loops. */

import { f32, interpretKernel, type Kernel, type Tensor } from '@qernel/dsl'
import { randomNumbers } from '@qernel/dsl/internal'
import {
  findKernel,
  groupAsymmetric,
  groupSymmetric,
  innerqHybrid,
  int8PerTensor,
  int8PerToken,
  kernelLibrary,
  kiviValue,
  lmdeployU8,
  onnxRuntimeInt8,
  q4_0,
  q8_0,
  vllmInt8PerTokenHead,
} from '@qernel/kernels'
import { describe, expect, test } from 'vitest'

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number
const G = 32

/** One row that begins with `row` and is filled with `rest`. */
const row = (first: readonly number[], rest: number): number[] => [...first, ...Array(G - first.length).fill(rest)]

function run(kernel: Kernel, data: readonly number[]): Record<string, number[]> {
  const rank = kernel.tensors[0]?.dims.length
  const shape = rank === 3 ? [1, 1, data.length] : [1, data.length]
  const results = interpretKernel(kernel, new Map([['x', { type: f32, shape, data: Float32Array.from(data) }]]))
  return Object.fromEntries([...results].map(([name, tensor]) => [name, [...tensor.data]]))
}

const asymmetric = groupAsymmetric({ bits: 4, length: G, along: 'inner' })()
const symmetric = groupSymmetric({ bits: 4, length: G, along: 'inner' })()
const f = Math.fround

describe('an all-zero group has the documented parameters and codes:', () => {
  test.each([
    ['int8_per_token', int8PerToken(), { scale: f(1 / 127), q: 0 }],
    ['int8_per_tensor', int8PerTensor(), { scale: f(1 / 127), q: 0 }],
    ['symmetric', symmetric, { scale: 1, q: 0 }],
    ['asymmetric', asymmetric, { scale: 1, zero: 0, q: 0 }],
    ['innerq_hybrid_u3', innerqHybrid(3)(), { scale: 1, zero: 0, q: 3 }],
    ['vllm', vllmInt8PerTokenHead(), { scale: f(1e-6), q: 0 }],
    ['onnx_runtime', onnxRuntimeInt8(), { scale: 0, q: 0 }],
    ['lmdeploy_u8', lmdeployU8(), { scale: 1, zero: -0, q: 0 }],
    ['q8_0', q8_0(), { d: 0, q: 0 }],
    ['q4_0', q4_0(), { d: -0, q: 0x88 }],
  ])('%s', (_, kernel, expected) => {
    const results = run(kernel, row([], 0))
    for (const [name, value] of Object.entries(expected)) expect(results[name]?.[0], name).toBe(value)
  })
})

test('an all-NaN group has finite parameters: zero 0, scale 1 and codes 0', () => {
  expect(run(asymmetric, row([], nan))).toMatchObject({ zero: [0], scale: [1], q: row([], 0) })
  expect(run(symmetric, row([], nan))).toMatchObject({ scale: [1], q: row([], 0) })
  expect(run(innerqHybrid(2)(), row([], nan))).toMatchObject({ zero: [0], scale: [1] })
  expect(run(lmdeployU8(), row([], nan))).toMatchObject({ scale: [1], q: row([], 0) })
})

test('NaN gets code 0 and does not count towards the maximum', () => {
  expect(run(symmetric, row([nan, 7, -7], 0))).toMatchObject({ scale: [1], q: row([0, 7, -7], 0) })
  expect(run(asymmetric, row([nan, 15], 0))).toMatchObject({ zero: [0], scale: [1], q: row([0, 15], 0) })
  expect(run(q8_0(), row([nan, 127], 0))).toMatchObject({ d: [1], q: row([0, 127], 0) })
})

test.each([infinity, -infinity])('a token with %d has an infinite scale and codes 0', value => {
  expect(run(int8PerToken(), row([value, 5], 1))).toMatchObject({ scale: [infinity], q: row([], 0) })
})

describe('values that exceed f16 parameters', () => {
  test.each([infinity, 1e30])('%d saturates: the scale ends at 65504, the zero at −65504', value => {
    expect(run(asymmetric, row([value, 5], 1))).toMatchObject({ zero: [1], scale: [65504], q: row([15], 0) })
    // 4368 is the f16 next to (5 + 65504)/15.
    expect(run(asymmetric, row([-value, 5], 1))).toMatchObject({ zero: [-65504], scale: [4368], q: row([0], 15) })
  })

  test.each([infinity, 1e30, 65504 * 7])('%d saturates as 65504 times the largest code', value => {
    expect(run(symmetric, row([value, 5], 1))).toMatchObject({ scale: [65504], q: row([7], 0) })
    expect(run(symmetric, row([-value, 5], 1))).toMatchObject({ scale: [65504], q: row([-7], 0) })
  })

  test('the scale of symmetric groups grows until it saturates', () => {
    // 70000/7 fits in f16; the error is half a scale.
    expect(run(symmetric, row([-70000, 5], 1))).toMatchObject({ scale: [10000], q: row([-7], 0) })
  })

  test('a group beyond the range comes back as the end of the range', () => {
    const beyond = Array.from({ length: G }, (_, i) => -1e6 + i)
    expect(run(asymmetric, beyond)).toMatchObject({ zero: [-65504], scale: [1], q: row([], 0) })
    expect(run(asymmetric, row([], infinity))).toMatchObject({ zero: [65504], scale: [65504], q: row([], 15) })
    expect(run(asymmetric, row([], -infinity))).toMatchObject({ zero: [-65504], scale: [1], q: row([], 0) })
  })

  test("KIVI's parameters are not clamped: they overflow from 65520 on", () => {
    expect(run(kiviValue(4)(), row([-65519, 5], 1))).toMatchObject({ zero: [-65504], scale: [4368] })
    expect(run(kiviValue(4)(), row([-65520, 5], 1))).toMatchObject({ zero: [-infinity], scale: [4368] })
    expect(run(kiviValue(2)(), row([65520 * 3, 0], 0))).toMatchObject({ zero: [0], scale: [infinity] })
  })
})

test('a constant group comes back as its minimum in f16', () => {
  expect(run(asymmetric, row([], 0.75))).toMatchObject({ zero: [0.75], scale: [1], q: row([], 0) })
  expect(run(lmdeployU8(), row([], 0.75))).toMatchObject({ scale: [1], zero: [-0.75] })
})

describe('InnerQ', () => {
  /** One group by loops: the choice of arXiv 2602.23200 as `innerqHybrid` states it. */
  function hybrid(group: readonly number[], bits: number) {
    const [m, n] = [2 ** (bits - 1) - 1, 2 ** bits - 1]
    const half = (x: number) => (inHalf(x) > 0 ? inHalf(x) : 1)
    const known = group.filter(x => !Number.isNaN(x))
    const within = (x: number) => Math.max(-65504, Math.min(65504, x))
    const low = within(Math.min(...known))
    const s = half(Math.min(65504, f(Math.max(...known.map(Math.abs)) / m)))
    const a = half(Math.min(65504, f(f(Math.max(...known) - low) / n)))
    const zero = inHalf(low)
    const even = (x: number) => {
      const floor = Math.floor(x)
      return x - floor === 0.5 ? floor + Math.abs(floor % 2) : Math.round(x)
    }
    const symmetricCodes = group.map(x => Math.max(-m, Math.min(m, even(f(x / s)))) || 0)
    const asymmetricCodes = group.map(x => Math.max(0, Math.min(n, even(f(f(x - zero) / a)))) || 0)
    let [errorS, errorA] = [0, 0]
    group.forEach((x, i) => {
      if (!Number.isFinite(x)) return
      errorS = f(errorS + Math.abs(f(x - f((symmetricCodes[i] as number) * s))))
      errorA = f(errorA + Math.abs(f(x - f(f((asymmetricCodes[i] as number) * a) + zero))))
    })
    return errorA < errorS
      ? { scale: -a, zero, q: asymmetricCodes }
      : { scale: s, zero: 0, q: symmetricCodes.map(q => q + m) }
  }
  /** Rounds to f16 through a tensor of the language; the conversion has its own tests. */
  const inHalf = (x: number): number =>
    (run(groupAsymmetric({ bits: 8, length: G, along: 'inner' })(), row([], x)).zero as number[])[0] as number

  test.each([4, 3, 2] as const)('%i bits: both modes occur, and each group takes the closer one', bits => {
    const random = randomNumbers(bits)
    const modes = new Set<boolean>()
    for (let round = 0; round < 40; round++) {
      const shift = round % 2 === 0 ? 0 : random() * 4
      // Symmetric codes of two bits have three levels around 0.
      const draw = () => (round % 3 === 0 ? Math.round(random() * 2 - 1) * 2 + random() / 8 : random() * 4 - 2 + shift)
      const group = Array.from({ length: G }, () => f(draw()))
      if (round % 5 === 1) group[round % G] = nan
      if (round % 8 === 5) group[round % G] = round % 3 === 0 ? -infinity : 7e4
      const results = run(innerqHybrid(bits)(), group)
      const expected = hybrid(group, bits)
      expect(results).toMatchObject({ scale: [expected.scale], zero: [expected.zero], q: expected.q })
      modes.add(expected.scale < 0)
    }
    expect(modes).toEqual(new Set([true, false]))
  })
})

test('zero tokens give empty results', () => {
  for (const { name, define, roundTrip } of kernelLibrary) {
    const kernel = define()
    const x = kernel.tensors[0] as Kernel['tensors'][number]
    if (roundTrip === undefined || kernel.tensors.filter(({ role }) => role === 'input').length > 1) continue
    const shape = x.dims.map(dim => (typeof dim === 'number' ? dim : dim.size === 'T' ? 0 : 32 * 4))
    const input: Tensor = { type: f32, shape, data: new Float32Array(0) }
    const codes = roundTrip.stored[0] as string
    expect(interpretKernel(kernel, new Map([['x', input]])).get(codes)?.data, name).toHaveLength(0)
  }
  expect(findKernel('nothing')).toBeUndefined()
})
