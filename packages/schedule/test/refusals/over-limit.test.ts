import { expect, test } from 'vitest'
import { quantize, rowSum } from '../kernels.ts'
import { portable, refusal, refusalAnywhere } from './refusal.ts'

test('unroll refuses too many iterations', () => {
  const { refusal: data, message } = refusal(quantize, 'split(loop=d,by=128) unroll(loop=d_in)')
  expect(data.code).toBe('over-limit')
  expect(message).toMatchInlineSnapshot(`
    "step 2, unroll(loop=d_in): d_in has 128 iterations; at most 64 are unrolled [over-limit]
        serial t in T
          serial d in D/128
            serial d_in in 128
            ^^^^^^^^^^^^^^^^^^
              q[t, 128·d + d_in] = saturate_i8(clamp(round((x[t, 128·d + d_in] / scale[128·d + d_in])), -128, 127))   if 128·d + d_in < D
    try split(loop=d_in,by=8,inner=k) unroll(loop=k)"
  `)
})

test('coarsen refuses too many elements per thread', () => {
  const { refusal: data, message } = refusal(quantize, 'tile(t=16,d=64) coarsen(d=128)')
  expect(data.code).toBe('over-limit')
  expect(message).toMatchInlineSnapshot(`
    "step 2, coarsen(d=128): 128 elements per thread; at most 64 are written out [over-limit]
    try 8, 16 or 32"
  `)
})

test('vectorize refuses too many elements per thread', () => {
  const { refusal: data, message } = refusal(quantize, 'vectorize(d=256)')
  expect(data.code).toBe('over-limit')
  expect(message).toMatchInlineSnapshot(`
    "step 1, vectorize(d=256): a vector of 256 elements; one thread holds at most 128 [over-limit]
    try 32, 64 or 128"
  `)
})

test('refuses nested unrolled loops that make too many copies', () => {
  const steps =
    'split(loop=d,by=32,inner=a) split(loop=t,by=32,inner=b) split(loop=d,by=32,inner=c) unroll(loop=a) unroll(loop=b) unroll(loop=c)'
  const {
    refusal: data,
    step,
    message,
  } = refusalAnywhere(quantize, steps, {
    ...portable,
    nativeTypes: new Set(['f32', 'i8']),
  })
  expect(data.code).toBe('over-limit')
  expect(step).toBe(6)
  expect(message).toMatchInlineSnapshot(`
    "step 6, unroll(loop=c): b, c, a are unrolled inside each other, which makes 32768 copies of a statement; the limit is 4096 [over-limit]
        serial t in T/32
          unroll b in 32
          ^^^^^^^^^^^^^^
            serial d in D/1024
              unroll c in 32
              ^^^^^^^^^^^^^^
                unroll a in 32
                ^^^^^^^^^^^^^^
                  q[32·t + b, 1024·d + 32·c + a] = saturate_i8(clamp(round((x[32·t + b, 1024·d + 32·c + a] / scale[1024·d + 32·c + a])), -128, 127))   if 32·t + b < T and 1024·d + 32·c + a < D
    try split(loop=d,by=4,inner=a), split(loop=t,by=4,inner=b) or split(loop=d,by=4,inner=c)"
  `)
})

test('refuses factors whose product exceeds 32 bits', () => {
  const { refusal: data, message } = refusal(quantize, 'split(loop=t,by=65536,inner=a) split(loop=t,by=65536,inner=b)')
  expect(data.code).toBe('over-limit')
  expect(message).toMatchInlineSnapshot(`
    "step 2, split(loop=t,by=65536,inner=b): t has a factor of 4294967296; the factors of an axis come to 2147483647 at most [over-limit]
        serial t in T/65536
        ^^^^^^^^^^^^^^^^^^^
          serial a in 65536
            serial d in D
              q[65536·t + a, d] = saturate_i8(clamp(round((x[65536·t + a, d] / scale[d])), -128, 127))   if 65536·t + a < T"
  `)
})

test('refuses a factor that exceeds 32 bits as a bad argument', () => {
  const { refusal: data, message } = refusal(quantize, 'split(loop=t,by=4294967296,inner=a)')
  expect(data.code).toBe('bad-argument')
  expect(message).toMatchInlineSnapshot(
    `"step 1, split(loop=t,by=4294967296,inner=a): by is 4294967296; a whole number of at most 2147483647 is expected [bad-argument]"`,
  )
})

test('splitReduction refuses too many partial results per thread', () => {
  const { refusal: data, message } = refusal(
    rowSum,
    'splitReduction(d=100000,combine=serial,reassociate=true)',
    {},
    portable,
  )
  expect(data.code).toBe('over-limit')
  expect(message).toContain('a thread would hold 100000 elements of')
})
