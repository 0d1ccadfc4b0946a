import { abs, constant, f32, i8, kernel, kernelHash, max, serializeKernel } from '@qernel/dsl'
import { findKernel } from '@qernel/kernels'
import { expect, test } from 'vitest'
import { loadKernel } from '../src/index.ts'

const kernels = `${import.meta.dirname}/kernels`

test('a kernel with operators is the kernel that the builder makes', async () => {
  const { kernel: lowered } = await loadKernel(`${kernels}/halved.kernel.ts#halved`)
  const built = kernel('halved', ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const x = input('x', f32, [T, D])
    const scale = output('scale', f32, [T], t => max(D, d => abs(x(t, d))).div(127))
    output('q', i8, [T, D], (t, d) => constant(0.5).mul(x(t, d)).div(scale(t)).round().clamp(-127, 127))
  })
  expect(serializeKernel(lowered)).toBe(serializeKernel(built))
})

test.each([
  ['int8-per-channel.kernel.ts', {}, 'int8_per_channel'],
  ['group-symmetric.kernel.ts', {}, 'group_symmetric_i4_g32_inner'],
  ['group-symmetric.kernel.ts', { bits: 3 }, 'group_symmetric_i3_g32_inner'],
  ['group-symmetric.kernel.ts', { bits: 8, group: 32 }, 'group_symmetric_i8_g32_inner'],
])('%s %o is %s of the library', async (file, set, name) => {
  const { kernel } = await loadKernel(`${kernels}/${file}`, { set })
  expect(kernelHash(kernel)).toBe(kernelHash(findKernel(name)?.define() as typeof kernel))
})
