/**
 * Results longer than their inputs, which may be empty: no device reads missing elements, and every device matches the
 * definition. `head`, `padded` and `chosen` once read at index 2^32 − 1.
 */
import { disagreements, freedomOf } from '@qernel/acceptance'
import type { CompiledKernel } from '@qernel/codegen'
import { cuda } from '@qernel/codegen-cuda'
import { f16, f32, i4, interpretKernel, type Kernel, kernel, select, type Tensor, u8 } from '@qernel/dsl'
import { runKernel } from '@qernel/runtime'
import { findSchedule, type Step } from '@qernel/schedule'
import { randomInputs } from '@qernel/testing'
import { deviceMachine, evaluateTrial, simulatedMachines } from '@qernel/testing/internal'
import { afterAll, describe, expect, test, vi } from 'vitest'
import { hasHostCompiler, openHostCuda } from '../cuda/host/host-cuda.ts'
import { callLauncher } from '../cuda/host/launcher.ts'
import { openDevices } from '../devices.ts'

// Software shader compilers are slow on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

/** The rows of the input, and more rows after them. */
const padded = kernel('padded', ({ size, input, output }) => {
  const [M, N, D] = [size('M'), size('N'), size('D')]
  const x = input('x', f32, [N, D])
  output('y', f32, [M, D], (m, d) => select(m.value().lt(N.value()), x(m, d), 7))
})

/** A constant position in packed elements. */
const head = kernel('head', ({ size, input, output }) => {
  const [M, N] = [size('M'), size('N')]
  const x = input('x', f16, [N])
  output('y', f32, [M], m => select(N.value().gt(0), x(0), 3).add(select(m.value().lt(N.value()), x(m), 7)))
})

/** An element at an index from the data, in a row that may not exist; the first row is read whatever the size. */
const chosen = kernel('chosen', ({ size, input, output }) => {
  const [M, N] = [size('M'), size('N')]
  const x = input('x', i4, [N, 3])
  const at = input('at', u8, [M])
  output('y', f32, [M], m =>
    x(at(m), 2)
      .toF32()
      .add(select(N.value().gt(1), x(at(m), at(m)), 3).toF32()),
  )
})

const kernels = [padded, head, chosen]
const sizesOf = (subject: Kernel, N: number): Record<string, number> =>
  Object.fromEntries(subject.sizes.map(({ name }) => [name, name === 'N' ? N : name === 'M' ? 9 : 8]))
const scheduled = ['naive', 'coarsened', 'vectorized'].flatMap(name =>
  kernels.map(subject => ({
    name,
    subject,
    steps: (findSchedule(name)?.steps({ kernel: subject }) ?? []) as readonly Step[],
  })),
)

const { present, absent } = await openDevices()
const hosts = hasHostCompiler ? [await openHostCuda()] : []
afterAll(() => Promise.all([...present, ...hosts].map(({ device }) => device.close())))
test.skip.each(absent)('$adapter is not installed here', () => undefined)
test.skipIf(hasHostCompiler)('generated CUDA is not executed here: there is no g++', () => undefined)

test('a gather from an empty tensor gives 0', () => {
  const at: Tensor = { type: u8, shape: [2], data: Uint8Array.of(0, 200) }
  const x: Tensor = { type: i4, shape: [0, 3], data: new Int8Array(0) }
  const results = interpretKernel(chosen, new Map([['x', x], ['at', at]])) // biome-ignore format: one pair an input
  expect(results.get('y')?.data).toEqual(Float32Array.of(3, 3))
})

const trial = (
  subject: Kernel,
  steps: readonly Step[],
  fixed: Readonly<Record<string, number>>,
  N: readonly number[],
) => ({
  kernel: subject,
  steps,
  fixed,
  cases: N.map(n => ({ sizes: sizesOf(subject, n), values: 'mixed' as const, seed: 1 })),
  machine: 0,
})

describe.each(simulatedMachines)('$name', machine => {
  test.each(scheduled)('$subject.name, $name', async ({ subject, steps }) => {
    expect(await evaluateTrial(trial(subject, steps, {}, [0, 1, 4]), machine)).toEqual({ kind: 'right' })
    expect(await evaluateTrial(trial(subject, steps, { N: 0 }, [0]), machine)).toEqual({ kind: 'right' })
  })
})

describe.each(present)('on $adapter', ({ device }) => {
  test.each(scheduled.filter(({ name }) => name !== 'coarsened'))(
    '$subject.name, $name',
    async ({ subject, steps }) => {
      const machine = deviceMachine(device)
      expect(await evaluateTrial(trial(subject, steps, {}, [0, 4]), machine)).toEqual({ kind: 'right' })
    },
  )
})

const files = scheduled
  .filter(({ name }) => name !== 'coarsened')
  .map(({ subject, steps, ...one }) => ({ ...one, subject, compiled: cuda.compile(subject, steps) as CompiledKernel }))
await hosts[0]?.compile(files.map(({ compiled }) => compiled))
describe.each(hosts)('CUDA', ({ device }) => {
  test.each(files)('$subject.name, $name', async ({ subject, compiled }) => {
    for (const N of [0, 4]) {
      const sizes = sizesOf(subject, N)
      const given = new Map(Object.entries(sizes))
      const inputs = randomInputs(subject, given, 'mixed', 1)
      const ran = await runKernel(device, await device.load(compiled), { inputs, sizes })
      expect(disagreements({ kernel: subject, inputs, sizes: given }, ran.outputs, freedomOf(device))).toEqual([])
      const called = callLauncher(compiled, { inputs, sizes })
      expect(called.status).toBe(0)
      expect(disagreements({ kernel: subject, inputs, sizes: given }, called.outputs, freedomOf(device))).toEqual([])
    }
  })
})
