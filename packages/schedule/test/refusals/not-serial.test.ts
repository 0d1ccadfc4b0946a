import { expect, test } from 'vitest'
import { quantize } from '../kernels.ts'
import { refusal } from './refusal.ts'

test('split refuses a vector loop', () => {
  const { refusal: data, message } = refusal(quantize, 'vectorize(d=4) split(loop=d_vec,by=2)')
  expect(data.code).toBe('not-serial')
  expect(message).toMatchInlineSnapshot(`
    "step 2, split(loop=d_vec,by=2): d_vec is a vector loop; split it before vectorize [not-serial]
        serial t in T
          serial d in D/4
            vector d_vec in 4
            ^^^^^^^^^^^^^^^^^
              q[t, 4·d + d_vec] = saturate_i8(clamp(round((x[t, 4·d + d_vec] / scale[4·d + d_vec])), -128, 127))   if 4·d + d_vec < D"
  `)
})

test('unroll refuses a bound loop', () => {
  const { refusal: data, message } = refusal(quantize, 'tile(t=16,d=16) unroll(loop=d_in)')
  expect(data.code).toBe('not-serial')
  expect(message).toMatchInlineSnapshot(`
    "step 2, unroll(loop=d_in): d_in is block.x; only a serial loop can be unrolled [not-serial]
        grid.y t in T/16
          grid.x d in D/16
            block.y t_in in 16
              block.x d_in in 16
              ^^^^^^^^^^^^^^^^^^
                q[16·t + t_in, 16·d + d_in] = saturate_i8(clamp(round((x[16·t + t_in, 16·d + d_in] / scale[16·d + d_in])), -128, 127))   if 16·t + t_in < T and 16·d + d_in < D"
  `)
})

test('tile refuses an axis whose loops are all bound', () => {
  const { refusal: data, message } = refusal(quantize, 'bind(t=grid.x,d=grid.y) tile(t=4)')
  expect(data.code).toBe('not-serial')
  expect(message).toMatchInlineSnapshot(`
    "step 2, tile(t=4): no loop of axis t is still serial; tile before bind, or name another axis [not-serial]
        grid.x t in T
        ^^^^^^^^^^^^^
          grid.y d in D
            q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))"
  `)
})

test('tile refuses to work inside an unrolled loop', () => {
  const { refusal: data, message } = refusal(
    quantize,
    'split(loop=t,by=4) reorder(order=t_in.t) unroll(loop=t_in) tile(d=4)',
  )
  expect(data.code).toBe('not-serial')
  expect(message).toMatchInlineSnapshot(`
    "step 4, tile(d=4): t_in is unroll; tile before it [not-serial]
        unroll t_in in 4
        ^^^^^^^^^^^^^^^^
          serial t in T/4
            serial d in D
              q[4·t + t_in, d] = saturate_i8(clamp(round((x[4·t + t_in, d] / scale[d])), -128, 127))   if 4·t + t_in < T"
  `)
})

test('vectorize refuses an axis whose loops are all bound to the grid', () => {
  const { refusal: data, message } = refusal(quantize, 'bind(t=grid.y,d=grid.x) vectorize(d=4)')
  expect(data.code).toBe('not-serial')
  expect(message).toMatchInlineSnapshot(`
    "step 2, vectorize(d=4): no loop of axis d is serial or block; vectorize inside a tile [not-serial]
        grid.y t in T
          grid.x d in D
          ^^^^^^^^^^^^^
            q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))"
  `)
})
