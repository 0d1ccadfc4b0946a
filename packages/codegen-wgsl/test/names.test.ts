/** Authors choose names freely: names that WGSL reserves, or that generated code uses itself, are changed in the file. */
import { f32, i8, interpretKernel, kernel, type Tensor } from '@qernel/dsl'
import { type Device, openDevice, runKernel } from '@qernel/runtime'
import { parseSteps } from '@qernel/schedule'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { wgsl } from '../src/index.ts'

// Software shader compilers are slow on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

let device: Device
beforeAll(async () => {
  device = await openDevice({ adapter: 'swiftshader' })
})
afterAll(() => device.close())

const names = [
  ...[
    'texture',
    'f32',
    'i8',
    'local',
    'group',
    'sampler',
    'array',
    'vec4f',
    'fn',
    'let',
    'var',
    'loop',
    'main',
    'select',
  ],
  ...['saturate', 'saturate_4', 'pack_i8', 'unpack_i8', 'max_number', 'div_f32', 'round', 'clamp', 'abs', 'storage'],
  ...['inside_1', 'value', 'x_vec', 'Sizes', 'workgroup', 'override', 'const', 'enable', 'requires', 'from', 'bitcast'],
  ...[
    'params',
    'read',
    'write',
    'uniform',
    'compute',
    'function',
    'private',
    'subgroupShuffleXor',
    'atomicMax',
    'perspective',
  ],
]

test('names that differ by an underscore stay different', async () => {
  const one = kernel('pair', ({ size, input, output }) => {
    const N = size('N')
    const a = input('f32', f32, [N])
    const b = input('f32_', f32, [N])
    output('pack_', f32, [N], n => a(n).add(b(n)))
    output('pack__', f32, [N], n => a(n).sub(b(n)))
  })
  await device.load(wgsl.compile(one, [], { target: device.target }))
})

test.each(names)('a tensor, a kernel or a size may be called %s', async name => {
  const other = name === 'x' ? 'w' : 'x'
  const kernels = [
    kernel('named', ({ size, input, output }) => {
      const N = size('N')
      const x = input(name, f32, [N])
      output('q', i8, [N], n => x(n).max(0).div(3).round())
    }),
    kernel(name, ({ size, input, output }) => {
      const N = size('N')
      const x = input(other, f32, [N])
      output('q', i8, [N], n => x(n).abs().roundHalfAway())
    }),
    kernel('output', ({ size, input, output }) => {
      const N = size('N')
      const x = input(other, f32, [N])
      output(name, i8, [N], n => x(n).floor())
    }),
    kernel('sized', ({ size, input, output }) => {
      const N = size(name)
      const x = input(other, f32, [N])
      output('q', i8, [N], n => x(n).min(1).round())
    }),
  ]
  for (const one of kernels) {
    const [input] = one.tensors
    const [size] = one.sizes
    const x: Tensor = { type: f32, shape: [6], data: Float32Array.of(-1.5, 0.5, 2.5, 400, Number.NaN, -7) }
    const inputs = new Map([[input?.name as string, x]])
    const compiled = wgsl.compile(one, parseSteps('tile(n=16) vectorize(n=4)'), { target: device.target })
    const { outputs } = await runKernel(device, await device.load(compiled), {
      inputs,
      sizes: { [size?.name as string]: 6 },
    })
    expect([...outputs]).toEqual([...interpretKernel(one, inputs)])
  }
})
