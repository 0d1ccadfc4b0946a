/** The rule that judges results: what it accepts, and above all what it rejects. */
import {
  dot,
  f32,
  type fma,
  i8,
  interpretKernel,
  interpretNest,
  type Kernel,
  kernel,
  sum,
  type Tensor,
} from '@qernel/dsl'
import { applySchedule, parseSteps } from '@qernel/schedule'
import { describe, expect, test } from 'vitest'
import {
  disagreements,
  distanceOfElements,
  distanceToDefinition,
  exact,
  type Freedom,
  judge,
  type Run,
} from '../src/index.ts'

const wgsl: Freedom = { language: 'wgsl', keepsDenormals: true }
const flushing: Freedom = { language: 'wgsl', keepsDenormals: false }

const vector = (values: readonly number[]): Tensor => ({
  type: f32,
  shape: [values.length],
  data: Float32Array.from(values),
})

/** An elementwise kernel with one input and one output. */
const elementwise = (
  name: string,
  output: (x: Parameters<typeof fma>[0]) => ReturnType<typeof fma>,
  type = f32,
): Kernel =>
  kernel(name, ({ size, input, output: declare }) => {
    const N = size('N')
    const x = input('x', f32, [N])
    declare('y', type, [N], n => output(x(n)))
  })

const runOf = (one: Kernel, values: readonly number[]): Run => ({
  kernel: one,
  inputs: new Map([['x', vector(values)]]),
})

/** The results of a run with some elements changed. */
function resultsOf(run: Run, changes: Readonly<Record<number, (right: number) => number>> = {}) {
  const results = interpretKernel(run.kernel, run.inputs, run.sizes)
  for (const { data } of results.values())
    for (const [i, change] of Object.entries(changes)) data[+i] = change(data[+i] as number)
  return results
}

const ulps = (count: number) => (x: number) => {
  const bits = new Int32Array(Float32Array.of(x).buffer)
  bits[0] = (bits[0] as number) + count
  return new Float32Array(bits.buffer)[0] as number
}

describe('operations that a language allows to be inexact', () => {
  // 2^0.75: WGSL allows 3 + 2 · 0.75 units, and CUDA 2 units from the rounded result.
  const run = runOf(
    elementwise('power', x => x.exp2()),
    [0.75, 2.25],
  )
  test.each<[string, number, Freedom, boolean]>([
    ['within the bound of WGSL', 4, wgsl, true],
    ['an operation off by more than its bound', 6, wgsl, false],
    ['within the bound of CUDA', -2, { ...wgsl, language: 'cuda' }, true],
    ['beyond the bound of CUDA', 4, { ...wgsl, language: 'cuda' }, false],
    ['the interpreter is exact', 1, exact, false],
  ])('%s', (_, off, freedom, isRight) => {
    const verdict = judge(run, resultsOf(run, { 0: ulps(off) }), freedom)
    expect(verdict.isRight).toBe(isRight)
    if (isRight)
      expect(verdict.outputs[0]).toMatchObject({ equal: 1, allowed: 1, farthest: Math.abs(off), reasons: { exp2: 1 } })
    else expect(verdict.disagreements).toHaveLength(1)
  })

  test('__fsqrt_rn must be exact', () => {
    const root = runOf(
      elementwise('root', x => x.sqrt()),
      [2, 3],
    )
    expect(disagreements(root, resultsOf(root, { 0: ulps(1) }), wgsl)).toEqual([])
    expect(disagreements(root, resultsOf(root, { 0: ulps(1) }), { ...wgsl, language: 'cuda' })).toHaveLength(1)
  })

  // log2(2^3.5) = 3.5 is a tie, so an inexact logarithm may land on either side of it; 2^3.2 is far from any tie.
  const codes = runOf(
    elementwise('code', x => x.log2().round().saturate(i8), i8),
    [2 ** 3.5, 2 ** 3.2],
  )
  test.each<[string, Record<number, (code: number) => number>, boolean]>([
    ['a code on the other side of a tie', { 0: code => (code === 4 ? 3 : 4) }, true],
    ['a code off by two', { 0: code => code + 2 }, false],
    ['a neighbour where there is no tie', { 1: code => code + 1 }, false],
  ])('%s', (_, changes, isRight) => {
    expect(judge(codes, resultsOf(codes, changes), wgsl).isRight).toBe(isRight)
  })

  test('both branches of a select are right if its condition is uncertain, and otherwise only one', () => {
    const run = runOf(
      elementwise('arms', x => x.exp2().lt(2).select(10, 20)),
      [1, 0.5],
    )
    expect(disagreements(run, resultsOf(run, { 0: () => 10 }), wgsl)).toEqual([])
    expect(disagreements(run, resultsOf(run, { 0: () => 15 }), wgsl)).toMatchObject([{ at: 'y[0]', found: 15 }])
    expect(disagreements(run, resultsOf(run, { 1: () => 20 }), wgsl)).toMatchObject([{ at: 'y[1]', found: 20 }])
  })

  test('a result without inexact operations must be exact', () => {
    const both = runOf(
      elementwise('both', x => x.lt(0).select(x.exp2(), x.mul(3))),
      [-0.75, 0.75],
    )
    expect(disagreements(both, resultsOf(both, { 0: ulps(1) }), wgsl)).toEqual([])
    expect(disagreements(both, resultsOf(both, { 1: ulps(1) }), wgsl)).toHaveLength(1)
  })
})

describe('denormals', () => {
  // A denormal scale times 127 is a normal number, or 0 if the scale was flushed.
  const run = runOf(
    elementwise('scaled', x => x.mul(127)),
    [5e-39, 1],
  )
  test.each<[string, Record<number, (x: number) => number>, Freedom, boolean]>([
    ['flushed where the device flushes', { 0: () => 0 }, flushing, true],
    ['flushed with the other sign', { 0: () => -0 }, flushing, true],
    ['flushed where it does not', { 0: () => 0 }, wgsl, false],
    ['neither flushed nor right', { 0: x => x / 2 }, flushing, false],
    ['where there is no denormal', { 1: () => 0 }, flushing, false],
    ['off by an ulp where there is no denormal', { 1: ulps(1) }, flushing, false],
  ])('%s', (_, changes, freedom, isRight) => {
    expect(judge(run, resultsOf(run, changes), freedom).isRight).toBe(isRight)
  })
})

describe.each(['sums', 'fused sums'] as const)('%s in the order of a schedule', which => {
  const products = kernel('products', ({ size, input, output }) => {
    const [T, N] = [size('T'), size('N')]
    const [x, y] = [input('x', f32, [T, N]), input('y', f32, [N])]
    output('s', f32, [T], t => (which === 'sums' ? sum(N, n => x(t, n).mul(y(n))) : dot(N, n => [x(t, n), y(n)])))
  })
  const waves = (shape: readonly number[], phase: number): Tensor => {
    const count = shape.reduce((product, extent) => product * extent, 1)
    return { ...vector(Array.from({ length: count }, (_, i) => Math.sin(i * i + phase))), shape }
  }
  const steps = (lanes: number) =>
    parseSteps(`splitReduction(n=${lanes},combine=shared,reassociate=true) bind(n_in=block.x)`)
  const inputs = new Map([
    ['x', waves([20, 100], 0)],
    ['y', waves([100], 1)],
  ])
  const run: Run = { kernel: products, inputs, steps: steps(8) }
  const inOrderOf = (lanes: number) => interpretNest(applySchedule(products, steps(lanes)).nest, inputs)
  const scheduled = inOrderOf(8)
  const sums = (results: ReadonlyMap<string, Tensor>) => results.get('s')?.data as Float32Array

  test('are expected in that order', () => {
    expect(sums(scheduled)).not.toEqual(sums(interpretKernel(products, inputs)))
    expect(judge(run, scheduled, wgsl).isRight).toBe(true)
    // Without steps, nothing may be reordered.
    expect(judge({ ...run, steps: [] }, scheduled, wgsl).isRight).toBe(false)
  })

  test('are wrong in another order, even on a device that flushes', () => {
    for (const freedom of [wgsl, flushing, exact]) expect(judge(run, inOrderOf(4), freedom).isRight).toBe(false)
  })

  test('keep to a bound in any order, and results beyond the bound are wrong', () => {
    const [distance] = distanceToDefinition(run, scheduled, wgsl) ?? []
    expect(distance).toMatchObject({ name: 's', beyond: 0 })
    expect(distance?.farthest).toBeGreaterThan(0)
    expect(distance?.shareOfBound).toBeLessThan(1)
    // One small term is missing.
    const lost = sums(scheduled).map((s, t) => (t === 3 ? s + 0.001 : s))
    const wrong = new Map([['s', { ...(scheduled.get('s') as Tensor), data: lost }]])
    expect(distanceToDefinition(run, wrong, wgsl)).toMatchObject([{ beyond: 1 }])
    expect(distanceToDefinition({ ...run, steps: [] }, scheduled, wgsl)).toBeUndefined()
    // Checking single elements gives the same verdict.
    const all = new Map([['s', [...lost.keys()]]])
    for (const results of [scheduled, wrong])
      expect(distanceOfElements(run, results, wgsl, all)).toEqual(distanceToDefinition(run, results, wgsl))
    expect(distanceOfElements(run, wrong, wgsl, new Map([['s', [0, 1, 2]]]))).toMatchObject([{ beyond: 0 }])
    // 100 terms per element, computed exactly and with their bounds.
    expect(distanceOfElements(run, wrong, wgsl, new Map([['s', [0, 1, 2]]]), 600)).toBeDefined()
    expect(distanceOfElements(run, wrong, wgsl, new Map([['s', [0, 1, 2]]]), 599)).toBeUndefined()
  })
})

describe('every expression is evaluated once, however often it is used and however deep it is', () => {
  const chain = (steps: number, make: (v: ReturnType<typeof fma>) => ReturnType<typeof fma>) =>
    elementwise('chain', x => Array.from({ length: steps }).reduce<ReturnType<typeof fma>>(v => make(v), x))
  test.each([
    ['60 reuses', chain(60, v => v.mul(v).mul(0.5).add(1))],
    ['a depth of 5,000', chain(5000, v => v.mul(0.999).add(2 ** -127))],
  ])('%s', (_, one) => {
    const run = runOf(one, [0.25, 2 ** -140])
    const found = new Map([['y', vector([0.25, Number.NaN])]])
    // The expected results are given, so that only the rule is tested.
    expect(judge(run, found, flushing, found).isRight).toBe(true)
    expect(judge(run, new Map([['y', vector([0.25, 1e9])]]), flushing, found).isRight).toBe(false)
  })
})
