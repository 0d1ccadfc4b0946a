import { f32, kernel } from '@qernel/dsl'
import { expect, test } from 'vitest'
import { applySchedule, parseSteps } from '../../src/index.ts'
import { quantize } from '../kernels.ts'
import { portable, refusalAnywhere } from './refusal.ts'

test('refuses too many threads per workgroup, and names the step that made them too many', () => {
  const { refusal: data, step, message } = refusalAnywhere(quantize, 'tile(t=16,d=256) vectorize(d=4)', portable)
  expect(data.code).toBe('device-limit')
  expect(step).toBe(1)
  expect(message).toMatchInlineSnapshot(`
    "step 1, tile(t=16,d=256): 64 × 16 = 1024 threads per workgroup; the target allows 256: take a smaller tile, or more elements per thread (coarsen, vectorize) [device-limit]
        grid.y t in T/16
          grid.x d in D/256
            block.y t_in in 16
            ^^^^^^^^^^^^^^^^^^
              block.x d_in in 64
              ^^^^^^^^^^^^^^^^^^
                vector d_vec in 4
                  q[16·t + t_in, 256·d + 4·d_in + d_vec] = saturate_i8(clamp(round((x[16·t + t_in, 256·d + 4·d_in + d_vec] / scale[256·d + 4·d_in + d_vec])), -128, 127))   if 16·t + t_in < T and 256·d + 4·d_in + d_vec < D
    try tile(t=4,d=256) or tile(t=16,d=64)"
  `)
})

test('accepts too many threads at a step if a later step reduces them', () => {
  const steps = parseSteps('tile(t=16,d=64) vectorize(d=4)')
  expect(applySchedule(quantize, steps, portable).steps).toEqual(steps)
})

test('refuses too many threads along one dimension', () => {
  const steps = 'vectorize(d=4) split(loop=t,by=128) bind(t=grid.x,t_in=block.z)'
  const { refusal: data, message } = refusalAnywhere(quantize, steps, portable)
  expect(data.code).toBe('device-limit')
  expect(message).toMatchInlineSnapshot(`
    "step 3, bind(t=grid.x,t_in=block.z): 128 threads along z; the target allows 64 [device-limit]
        grid.x t in T/128
          block.z t_in in 128
          ^^^^^^^^^^^^^^^^^^^
            serial d in D/4
              vector d_vec in 4
                q[128·t + t_in, 4·d + d_vec] = saturate_i8(clamp(round((x[128·t + t_in, 4·d + d_vec] / scale[4·d + d_vec])), -128, 127))   if 128·t + t_in < T and 4·d + d_vec < D
    try split(loop=t,by=64)"
  `)
})

test('refuses too much shared memory', () => {
  const steps = 'tile(t=16,d=512) vectorize(d=32) cache(buffer=x,memory=shared)'
  const { refusal: data, step, message } = refusalAnywhere(quantize, steps, portable)
  expect(data.code).toBe('device-limit')
  expect(step).toBe(3)
  expect(message).toMatchInlineSnapshot(`
    "step 3, cache(buffer=x,memory=shared): 32768 bytes of shared memory per workgroup (x_tile 32768); the target allows 16384: copy a smaller tile [device-limit]
        grid.y t in T/16
          grid.x d in D/512
          ^^^^^^^^^^^^^^^^^
            shared x_tile: f32[16, 16, 32]
            block.y t_in in 16
              block.x d_in in 16
                vector d_vec in 32
                  x_tile[t_in, d_in, d_vec] = x[16·t + t_in, 512·d + 32·d_in + d_vec]   if 16·t + t_in < T and 512·d + 32·d_in + d_vec < D
            block.y t_in in 16
              block.x d_in in 16
                vector d_vec in 32
                  q[16·t + t_in, 512·d + 32·d_in + d_vec] = saturate_i8(clamp(round((x_tile[t_in, d_in, d_vec] / scale[512·d + 32·d_in + d_vec])), -128, 127))   if 16·t + t_in < T and 512·d + 32·d_in + d_vec < D
    try tile(t=8,d=512) or tile(t=16,d=256)"
  `)
})

test('refuses too many arrays before the first step', () => {
  const manyArrays = kernel('many_arrays', ({ size, input, output }) => {
    const N = size('N')
    const inputs = Array.from({ length: 8 }, (_, i) => input(`x${i}`, f32, [N]))
    output('y', f32, [N], n => inputs.map(x => x(n)).reduce((a, b) => a.max(b)))
  })
  const { refusal: data, step, message } = refusalAnywhere(manyArrays, 'tile(n=64)', portable)
  expect(data.code).toBe('device-limit')
  expect(step).toBe(0)
  expect(message).toMatchInlineSnapshot(
    `"step 0, the default nest: the dispatch of y would bind 9 arrays (x0, x1, x2, x3, x4, x5, x6, x7, y); the target allows 8 [device-limit]"`,
  )
})

test('counts the arrays of each dispatch separately, so fusing stages may exceed the limit', () => {
  const several = kernel('several', ({ size, input, output }) => {
    const N = size('N')
    for (const i of [0, 1, 2, 3, 4]) {
      const x = input(`x${i}`, f32, [N])
      output(`y${i}`, f32, [N], n => x(n).mul(2))
    }
  })
  expect(applySchedule(several, parseSteps('tile(n=64)'), portable).nest.body).toHaveLength(5)
  const fused = [1, 2, 3, 4].map(i => `fuse(producer=y0,consumer=y${i})`).join(' ')
  const { refusal: data, step } = refusalAnywhere(several, `${fused} tile(n=64)`, portable)
  expect([data.code, step]).toEqual(['device-limit', 4])
})
