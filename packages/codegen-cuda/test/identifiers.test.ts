import { f32, kernel } from '@qernel/dsl'
import { expect, test } from 'vitest'
import { compileSteps } from './compile.ts'

test('names that C++ or CUDA use get an underscore', () => {
  const odd = kernel('double', ({ size, input, output }) => {
    const stream = size('stream')
    const x = input('int', f32, [stream])
    output('clamp', f32, [stream], unsigned => x(unsigned).clamp(-1, 1))
  })
  const { source, launches } = compileSteps(odd, 'tile(unsigned=64)')
  expect(launches[0]?.entry).toBe('double_')
  expect(source).toContain(
    'double_(\n    const float* __restrict__ int_, float* __restrict__ clamp_, unsigned stream_)',
  )
  expect(source).toContain('clamp_[unsigned_] = clamp(')
  expect(source).toContain('int64_t stream_,\n    cudaStream_t stream) {')
})

test('views of arrays do not collide with other names', () => {
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

test.each(['norm', 'logf', 'printf', 'index', 'cudaMalloc'])('a kernel called %s is no function of a header', name => {
  const own = kernel(name, ({ size, input, output }) => {
    const time = size('time')
    const x = input('sqrt', f32, [time])
    output('round', f32, [time], n => x(n).add(1))
  })
  const { source, launches } = compileSteps(own, 'tile(n=64)')
  expect(launches[0]?.entry).toBe(`${name}_`)
  expect(source).toContain('const float* __restrict__ sqrt, float* __restrict__ round, unsigned time)')
})
