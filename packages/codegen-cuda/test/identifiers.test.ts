import { f32, kernel, kernelHash } from '@qernel/dsl'
import { expect, test } from 'vitest'
import { compileSteps } from './compile.ts'

test('names that mean something in C++ or CUDA get an underscore, and ordinary ones do not', () => {
  const odd = kernel('double', ({ size, input, output }) => {
    const stream = size('stream')
    const x = input('int', f32, [stream])
    output('scale', f32, [stream], unsigned => x(unsigned).clamp(-1, 1))
  })
  const { source, launches } = compileSteps(odd, 'tile(unsigned=64)')
  const entry = `double_${kernelHash(odd).slice(0, 8)}`
  expect(launches[0]?.entry).toBe(entry)
  expect(source).toContain(
    `${entry}(\n    const float* __restrict__ int_, float* __restrict__ scale, unsigned stream_)`,
  )
  expect(source).toContain('scale[unsigned_] = clamp(')
  expect(source).toContain('int64_t stream_,\n    cudaStream_t stream) {')
})

test('vector views of arrays do not collide with other names', () => {
  const views = kernel('views', ({ size, input, output }) => {
    const N = size('N')
    const x = input('x', f32, [N])
    const x4 = input('x4', f32, [N])
    output('y', f32, [N], n => x(n).add(x4(n)))
  })
  const { source } = compileSteps(views, 'tile(n=256) vectorize(n=4) predicate(n=assume)')
  expect(source).toContain('const float4* x4_ = reinterpret_cast<const float4*>(x);')
  expect(source).toContain('const float4* x44 = reinterpret_cast<const float4*>(x4);')
})

test('kernels with the same name and different definitions have different entry points', () => {
  const one = (factor: number) =>
    kernel('own', ({ size, input, output }) => {
      const N = size('N')
      const x = input('x', f32, [N])
      output('y', f32, [N], n => x(n).mul(factor))
    })
  const [a, b] = [2, 3].map(factor => compileSteps(one(factor), 'tile(n=64)').launches[0]?.entry)
  expect(a).toMatch(/^own_[0-9a-f]{8}$/)
  expect(b).not.toBe(a)
})
