import { expect, test } from 'vitest'
import { quantize } from '../kernels.ts'
import { refusal } from './refusal.ts'

test('unroll', () => {
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

test('coarsen', () => {
  const { refusal: data, message } = refusal(quantize, 'tile(t=16,d=64) coarsen(d=128)')
  expect(data.code).toBe('over-limit')
  expect(message).toMatchInlineSnapshot(`
    "step 2, coarsen(d=128): 128 elements a thread; at most 64 are written out [over-limit]
    try 8, 16 or 32"
  `)
})

test('vectorize', () => {
  const { refusal: data, message } = refusal(quantize, 'vectorize(d=256)')
  expect(data.code).toBe('over-limit')
  expect(message).toMatchInlineSnapshot(`
    "step 1, vectorize(d=256): a vector of 256 elements; at most 128 are held by one thread [over-limit]
    try 32, 64 or 128"
  `)
})
