/** Operations that devices round differently, in CUDA files on the CPU: the stated accuracy allows each result. */
import { disagreements } from '@qernel/acceptance'
import { cuda } from '@qernel/codegen-cuda'
import { f32, kernel, operationNames, operations, type Tensor, Value } from '@qernel/dsl'
import { runKernel } from '@qernel/runtime'
import { parseSteps } from '@qernel/schedule'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type HostCuda, hasHostCompiler, openHostCuda } from '../cuda/host/host-cuda.ts'

const names = operationNames.filter(name => operations[name].approximate !== undefined)
const count = 4096

const kernels = names.map(name =>
  kernel(`approximate_${name}`, ({ size, input, output }) => {
    const N = size('N')
    const x = input('x', f32, [N])
    output('y', f32, [N], n => new Value({ kind: 'op', type: 'f32', op: name, args: [x(n).expr] }))
  }),
)
const special = [
  0,
  -0,
  1,
  -1,
  2,
  0.5,
  88.72,
  88.73,
  -87.4,
  -103.9,
  -104,
  128,
  -150,
  2 ** -149,
  NaN,
  Infinity,
  -Infinity,
]
const data = Float32Array.from({ length: count }, (_, i) => special[i] ?? ((i % 2 ? 1 : -1) * i ** 3) / 2 ** 29)
const inputs = new Map<string, Tensor>([['x', { type: f32, shape: [count], data }]])

describe.skipIf(!hasHostCompiler)('CUDA on the CPU', () => {
  let host: HostCuda
  const files = kernels.map(made => cuda.compile(made, parseSteps('tile(n=64) vectorize(n=4)')))
  beforeAll(async () => {
    host = await openHostCuda()
    await host.compile(files)
  })
  afterAll(() => host?.device.close())

  test.each(names.map((name, i) => ({ name, i })))('$name is as accurate as stated', async ({ i }) => {
    const [made, file] = [kernels[i], files[i]] as [(typeof kernels)[number], (typeof files)[number]]
    const { outputs } = await runKernel(host.device, await host.device.load(file), { inputs, sizes: { N: count } })
    const wrong = disagreements({ kernel: made, inputs }, outputs, { language: 'cuda', keepsDenormals: true })
    expect(wrong).toEqual([])
  })
})
