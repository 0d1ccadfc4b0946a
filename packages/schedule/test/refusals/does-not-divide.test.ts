import { expect, test } from 'vitest'
import { grouped, quantize } from '../kernels.ts'
import { refusal } from './refusal.ts'

test('split refuses a factor that does not divide if no guard masks the rest', () => {
  const { refusal: data, message } = refusal(grouped, 'split(loop=e,by=3)')
  expect(data.code).toBe('does-not-divide')
  expect(message).toMatchInlineSnapshot(`
    "step 1, split(loop=e,by=3): e has 8 iterations, which 3 does not divide, and no guard masks the rest [does-not-divide]
        serial t in T
          serial g in D/8
            register scale_max: f32[]
            scale_max[] = 0
            serial e in 8 (reduce)
            ^^^^^^^^^^^^^^^^^^^^^^
              scale_max[] = max(scale_max[], abs(x[t, 8·g + e]))   if 8·g + e < D
            scale[t, g] = (scale_max / 7)
        serial t in T
          serial d_group in D/8
            serial d in 8
              q[t, 8·d_group + d] = saturate_i4(clamp(round((x[t, 8·d_group + d] / scale[t, d_group])), -8, 7))   if 8·d_group + d < D
    try 2, 4 or 8"
  `)
})

test('tile refuses a factor that does not divide', () => {
  const { refusal: data, message } = refusal(quantize, 'split(loop=d,by=16) tile(d=5)')
  expect(data.code).toBe('does-not-divide')
  expect(message).toMatchInlineSnapshot(`
    "step 2, tile(d=5): d_in has 16 iterations, which 5 does not divide, and no guard masks the rest [does-not-divide]
        serial t in T
          serial d in D/16
            serial d_in in 16
            ^^^^^^^^^^^^^^^^^
              q[t, 16·d + d_in] = saturate_i8(clamp(round((x[t, 16·d + d_in] / scale[16·d + d_in])), -128, 127))   if 16·d + d_in < D
    try 2, 4, 8 or 16"
  `)
})

test('coarsen refuses a factor that does not divide', () => {
  const { refusal: data, message } = refusal(quantize, 'tile(t=16,d=64) coarsen(d=5)')
  expect(data.code).toBe('does-not-divide')
  expect(message).toMatchInlineSnapshot(`
    "step 2, coarsen(d=5): d_in has 64 iterations, which 5 does not divide [does-not-divide]
        grid.y t in T/16
          grid.x d in D/64
            block.y t_in in 16
              block.x d_in in 64
              ^^^^^^^^^^^^^^^^^^
                q[16·t + t_in, 64·d + d_in] = saturate_i8(clamp(round((x[16·t + t_in, 64·d + d_in] / scale[64·d + d_in])), -128, 127))   if 16·t + t_in < T and 64·d + d_in < D
    try 2, 4, 8 or 16"
  `)
})

test('vectorize refuses a width that does not divide', () => {
  const { refusal: data, message } = refusal(grouped, 'vectorize(d=16,stage=q)')
  expect(data.code).toBe('does-not-divide')
  expect(message).toMatchInlineSnapshot(`
    "step 1, vectorize(d=16,stage=q): d has 8 iterations, which 16 does not divide, and no guard masks the rest [does-not-divide]
        serial t in T
          serial g in D/8
            register scale_max: f32[]
            scale_max[] = 0
            serial e in 8 (reduce)
              scale_max[] = max(scale_max[], abs(x[t, 8·g + e]))   if 8·g + e < D
            scale[t, g] = (scale_max / 7)
        serial t in T
          serial d_group in D/8
            serial d in 8
            ^^^^^^^^^^^^^
              q[t, 8·d_group + d] = saturate_i4(clamp(round((x[t, 8·d_group + d] / scale[t, d_group])), -8, 7))   if 8·d_group + d < D
    try 2, 4 or 8"
  `)
})

test('predicate refuses to assume a multiple that a fixed size contradicts', () => {
  const { refusal: data, message } = refusal(quantize, 'vectorize(d=4) predicate(d=assume)', { D: 6 })
  expect(data.code).toBe('does-not-divide')
  expect(message).toMatchInlineSnapshot(`
    "step 2, predicate(d=assume): D is fixed to 6, which is not a multiple of 4 [does-not-divide]
    try predicate(d=mask)"
  `)
})
