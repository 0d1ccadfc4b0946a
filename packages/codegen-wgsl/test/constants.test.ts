/** Constants on a device: at the ends of the range, and as divisors, which a compiler must not replace by reciprocals. */
import { f16, f32, type Index, interpretKernel, type Kernel, kernel, sum, type Tensor, type Value } from '@qernel/dsl'
import { type Device, openDevice, runKernel } from '@qernel/runtime'
import { parseSteps } from '@qernel/schedule'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { wgsl } from '../src/index.ts'

// Software shader compilers are slow on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

let device: Device
beforeAll(async () => {
  device = await openDevice({ adapter: 'swiftshader' })
})
afterAll(() => device.close())

/** x / divisor, where the divisor depends on a size and the column. */
const quotient = (divisor: (D: Value, d: Index) => Value): Kernel =>
  kernel('quotient', ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const x = input('x', f32, [T, D])
    output('y', f32, { t: T, d: D }, (t, d) => x(t, d).div(divisor(D.value(), d)))
  })
const mean = kernel('mean', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  output('y', f32, { t: T }, t => sum({ d: D }, d => x(t, d)).div(D.value().toF32()))
})

const rows = 400
test('the ends of the ranges of floats are exact', async () => {
  const ends = [3.4028234663852886e38, 3.3895313892515355e38, 65504, 2 ** -126, 2 ** -149]
  const clamped = kernel('clamped', ({ size, input, output }) => {
    const N = size('N')
    const x = input('x', f32, [N])
    for (const [i, end] of ends.entries()) output(`y${i}`, f32, { n: N }, n => x(n).clamp(-end, end))
  })
  const data = Float32Array.of(Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1)
  const inputs = new Map<string, Tensor>([['x', { type: f32, shape: [3], data }]])
  const ran = await runKernel(device, await device.load(wgsl.compile(clamped, [])), { inputs, sizes: { N: 3 } })
  for (const [i, end] of ends.slice(0, -1).entries())
    expect(ran.outputs.get(`y${i}`)?.data).toEqual(Float32Array.of(end, -end, Math.min(1, end)))
})

test('operations on constants are right even if the result has no literal, or none that WGSL allows', async () => {
  const made = kernel('made', ({ size, input, output }) => {
    const T = size('T')
    const x = input('x', f32, [T, 4])
    const of = (name: string, value: (d: Value) => Value) =>
      output(name, f32, { t: T, d: 4 }, (t, d) => x(t, d).max(value(d.value())))
    of('overflowing', d => d.toF32().mul(3.4028234663852886e38))
    of('infinite', d => d.add(255).shiftLeft(23).bitcast('f32'))
    of('root_of_negative', d => d.add(-2).toF32().sqrt())
    of('logarithm_of_0', d => d.toF32().log2())
    of('half', d => d.add(31744).bitcast('u32').bitsFloat(f16))
  })
  const data = Float32Array.of(0.5, -1, 1.5, 2, -3, 0.25, 0, 7)
  const inputs = new Map<string, Tensor>([['x', { type: f32, shape: [2, 4], data }]])
  const expected = interpretKernel(made, inputs)
  for (const steps of ['vectorize(d=4)', 'unroll(loop=d)']) {
    const compiled = wgsl.compile(made, parseSteps(steps))
    const ran = await runKernel(device, await device.load(compiled), { inputs, sizes: { T: 2 } })
    for (const [name, { data: values }] of ran.outputs) expect(values, name).toEqual(expected.get(name)?.data)
  }
})

describe('division is exact if the divisor is', () => {
  test.each<{ title: string; kernel: Kernel; steps: string }>([
    { title: 'a size', kernel: quotient(D => D.toF32()), steps: '' },
    { title: 'a negative number', kernel: quotient(D => D.toF32().sub(128)), steps: '' },
    { title: 'a product of one size with itself', kernel: quotient(D => D.toF32().mul(D.toF32().add(1))), steps: '' },
    { title: 'the same for all lanes of a vector', kernel: quotient(D => D.toF32().mul(0.7)), steps: 'vectorize(d=4)' },
    { title: 'the index of a lane', kernel: quotient((_, d) => d.value().add(3).toF32()), steps: 'vectorize(d=4)' },
    {
      title: 'the index of a copy',
      kernel: quotient((_, d) => d.value().add(3).toF32()),
      steps: 'tile(t=4,d=4) coarsen(d=4)',
    },
    { title: 'the index of a loop', kernel: quotient((_, d) => d.value().toF32().add(0.3)), steps: '' },
    { title: 'the number of averaged elements', kernel: mean, steps: '' },
  ])('$title', async ({ kernel: one, steps }) => {
    const data = Float32Array.from({ length: rows * 12 }, (_, i) => (i % 3 === 0 ? (i + 0.5) * 12 : Math.sin(i) * 1000))
    const inputs = new Map<string, Tensor>([['x', { type: f32, shape: [rows, 12], data }]])
    const fixed = new Map([['D', 12]])
    const compiled = wgsl.compile(one, parseSteps(steps), { fixed })
    const ran = await runKernel(device, await device.load(compiled), { inputs, sizes: { T: rows } })
    expect(ran.outputs.get('y')?.data).toEqual(interpretKernel(one, inputs).get('y')?.data)
  })
})
