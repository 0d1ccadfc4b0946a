import { abs, constant, dot, f32, i8, kernel, kernelHash, max, serializeKernel } from '@qernel/dsl'
import { findKernel } from '@qernel/kernels'
import { expect, test } from 'vitest'
import { loadKernel } from '../src/index.ts'
import { errorsOf, lowerText } from './in-memory.ts'

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

test('dot is the dot of the builder', () => {
  const text = `import { dot, f32, i8, kernel, toF32 } from '@qernel/dsl/source'
export const score = kernel('score', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const q = input('q', f32, [D])
  const k = input('k', i8, [T, D])
  output('s', f32, [T], t => dot(D, d => [q(d) * 2, toF32(k(t, d))]) + dot(D, d => [0.5, q(d)]))
})
`
  const built = kernel('score', ({ size, input, output }) => {
    const [T, D] = [size('T'), size('D')]
    const q = input('q', f32, [D])
    const k = input('k', i8, [T, D])
    output('s', f32, [T], t => dot(D, d => [q(d).mul(2), k(t, d).toF32()]).add(dot(D, d => [0.5, q(d)])))
  })
  expect(serializeKernel(lowerText(text, {}).kernel)).toBe(serializeKernel(built))
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

test('the values that a type of another file allows', () => {
  const text = `import { f32, kernel } from '@qernel/dsl/source'
import type { Options } from './options.ts'
import { type Bits } from './options.ts'

export const mine = ({ group = 2 }: Options = {}, bits: Bits = 4) =>
  kernel('mine', ({ output }) => {
    output('y', f32, [group, bits], () => 1)
  })
`
  const others = { './options.ts': 'export type Bits = 4 | 8\nexport interface Options { group?: 2 | 3 }\n' }
  const { kernel, parameters } = lowerText(text, { bits: '8' }, others)
  expect(kernel.tensors[0]?.dims).toEqual([2, 8])
  expect(parameters.map(({ name, allowed }) => [name, allowed])).toEqual([
    ['group', ['2', '3']],
    ['bits', ['4', '8']],
  ])
  expect(() => lowerText(text, { group: '4' }, others)).toThrow("group cannot be '4'")
})

test('a text that is no TypeScript has as many errors as people read', () => {
  expect(errorsOf(')'.repeat(100_000)).split('\n').length).toBeLessThan(100)
})
