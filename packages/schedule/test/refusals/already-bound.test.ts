import { expect, test } from 'vitest'
import { grouped, quantize } from '../kernels.ts'
import { refusal } from './refusal.ts'

test('split refuses a grid loop around other grid loops', () => {
  const { refusal: data, message } = refusal(quantize, 'bind(t=grid.y,d=grid.x) split(loop=t,by=4)')
  expect(data.code).toBe('already-bound')
  expect(message).toMatchInlineSnapshot(`
    "step 2, split(loop=t,by=4): t is grid.y and contains other grid loops, which the new serial loop would separate; split it before bind [already-bound]
        grid.y t in T
        ^^^^^^^^^^^^^
          grid.x d in D
            q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))"
  `)
})

test('reorder refuses a bound loop', () => {
  const { refusal: data, message } = refusal(quantize, 'bind(t=grid.x) reorder(order=d.t)')
  expect(data.code).toBe('already-bound')
  expect(message).toMatchInlineSnapshot(`
    "step 2, reorder(order=d.t): t is grid.x; reorder before bind and vectorize [already-bound]
        grid.x t in T
        ^^^^^^^^^^^^^
          serial d in D
            q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))"
  `)
})

test('bind refuses a mode that an outer loop has', () => {
  const { refusal: data, message } = refusal(quantize, 'bind(t=grid.x) bind(d=grid.x)')
  expect(data.code).toBe('already-bound')
  expect(message).toMatchInlineSnapshot(`
    "step 2, bind(d=grid.x): grid.x already belongs to t [already-bound]
        grid.x t in T
        ^^^^^^^^^^^^^
          serial d in D
          ^^^^^^^^^^^^^
            q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
    try grid.y or grid.z"
  `)
})

test('bind refuses a mode that an inner loop has', () => {
  const { refusal: data, message } = refusal(quantize, 'bind(t=grid.y,d=grid.x) bind(t=grid.x)')
  expect(data.code).toBe('already-bound')
  expect(message).toMatchInlineSnapshot(`
    "step 2, bind(t=grid.x): grid.x already belongs to d [already-bound]
        grid.y t in T
        ^^^^^^^^^^^^^
          grid.x d in D
          ^^^^^^^^^^^^^
            q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
    try grid.y or grid.z"
  `)
})

test('bind refuses a vector loop', () => {
  const { refusal: data, message } = refusal(quantize, 'vectorize(d=4) bind(d_vec=block.x)')
  expect(data.code).toBe('already-bound')
  expect(message).toMatchInlineSnapshot(`
    "step 2, bind(d_vec=block.x): d_vec is a vector loop [already-bound]
        serial t in T
          serial d in D/4
            vector d_vec in 4
            ^^^^^^^^^^^^^^^^^
              q[t, 4·d + d_vec] = saturate_i8(clamp(round((x[t, 4·d + d_vec] / scale[4·d + d_vec])), -128, 127))   if 4·d + d_vec < D"
  `)
})

test('tile refuses an axis that is already tiled', () => {
  const { refusal: data, message } = refusal(quantize, 'tile(t=16,d=16) split(loop=t_in,by=4) tile(t=4)')
  expect(data.code).toBe('already-bound')
  expect(message).toMatchInlineSnapshot(`
    "step 3, tile(t=4): t is already grid.y; tile each stage once [already-bound]
        grid.y t in T/16
        ^^^^^^^^^^^^^^^^
          grid.x d in D/16
            block.y t_in in 4
              serial t_in_in in 4
                block.x d_in in 16
                  q[16·t + 4·t_in + t_in_in, 16·d + d_in] = saturate_i8(clamp(round((x[16·t + 4·t_in + t_in_in, 16·d + d_in] / scale[16·d + d_in])), -128, 127))   if 16·t + 4·t_in + t_in_in < T and 16·d + d_in < D"
  `)
})

test('vectorize refuses an axis that is already vectorized', () => {
  const { refusal: data, message } = refusal(quantize, 'vectorize(d=4) vectorize(d=4)')
  expect(data.code).toBe('already-bound')
  expect(message).toMatchInlineSnapshot(`
    "step 2, vectorize(d=4): d is already vectorized, d_vec holds 4 elements [already-bound]
        serial t in T
          serial d in D/4
            vector d_vec in 4
            ^^^^^^^^^^^^^^^^^
              q[t, 4·d + d_vec] = saturate_i8(clamp(round((x[t, 4·d + d_vec] / scale[4·d + d_vec])), -128, 127))   if 4·d + d_vec < D"
  `)
})

test('vectorize points at the loop of the named stage', () => {
  const { refusal: data, message } = refusal(grouped, 'vectorize(d=4,stage=q) vectorize(d=4,stage=q)')
  expect(data.code).toBe('already-bound')
  expect(message).toMatchInlineSnapshot(`
    "step 2, vectorize(d=4,stage=q): d is already vectorized, d_vec holds 4 elements [already-bound]
        serial t in T
          serial g in D/8
            register scale_max: f32[]
            scale_max[] = 0
            serial e in 8 (reduce)
              scale_max[] = max(scale_max[], abs(x[t, 8·g + e]))   if 8·g + e < D
            scale[t, g] = (scale_max / 7)
        serial t in T
          serial d_group in D/8
            serial d in 2
              vector d_vec in 4
              ^^^^^^^^^^^^^^^^^
                q[t, 8·d_group + 4·d + d_vec] = saturate_i4(clamp(round((x[t, 8·d_group + 4·d + d_vec] / scale[t, d_group])), -8, 7))   if 8·d_group + 4·d + d_vec < D"
  `)
})
