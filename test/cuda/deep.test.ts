/** Expressions of 5,000 operations, executed as CUDA: C++ compilers accept the printed code. */
import { cuda } from '@qernel/codegen-cuda'
import { f32, interpretKernel, kernel, sum, type Value } from '@qernel/dsl'
import { runKernel } from '@qernel/runtime'
import { findSchedule } from '@qernel/schedule'
import { afterAll, expect, test } from 'vitest'
import { hasHostCompiler, openHostCuda } from './host/host-cuda.ts'

const hosts = hasHostCompiler ? [await openHostCuda()] : []
afterAll(() => Promise.all(hosts.map(({ device }) => device.close())))
test.skipIf(hasHostCompiler)('deep expressions are not compiled here: there is no g++', () => undefined)

const repeated = (first: Value, next: (value: Value) => Value): Value => {
  let value = first
  for (let i = 0; i < 5000; i++) value = next(value)
  return value
}

/** Deep on the right, and inside a reduction. */
const kernels = [
  kernel('deep_right', ({ size, input, output }) => {
    const [T, D] = [size('T'), size('D')]
    const x = input('x', f32, [T, D])
    output('y', f32, { t: T, d: D }, (t, d) => repeated(x(t, d), v => x(t, d).sub(v)))
  }),
  kernel('deep_fold', ({ size, input, output }) => {
    const [T, D] = [size('T'), size('D')]
    const x = input('x', f32, [T, D])
    output('y', f32, { t: T }, t => sum({ d: D }, d => repeated(x(t, d), v => v.mul(0.5).add(1))))
  }),
]

test.each(hosts.flatMap(({ device }) => kernels.map(one => ({ name: one.name, one, device }))))(
  '$name compiles and gives the right results',
  async ({ one, device }) => {
    const compiled = cuda.compile(one, findSchedule('naive')?.steps({ kernel: one }) ?? [], { target: device.target })
    const x = { type: f32, shape: [3, 4], data: Float32Array.from({ length: 12 }, (_, i) => i / 3 - 1) }
    const { outputs } = await runKernel(device, await device.load(compiled), {
      inputs: new Map([['x', x]]),
      sizes: { T: 3, D: 4 },
    })
    expect(outputs.get('y')?.data).toEqual(interpretKernel(one, new Map([['x', x]])).get('y')?.data)
  },
)
