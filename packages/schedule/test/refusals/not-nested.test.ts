import { expect, test } from 'vitest'
import { loopsOf } from '../../src/index.ts'
import { grouped, perChannel, quantize } from '../kernels.ts'
import { refusal } from './refusal.ts'

test('reorder refuses loops with statements between them', () => {
  const { refusal: data, message } = refusal(perChannel, 'reorder(order=t.d,stage=scale)')
  expect(data.code).toBe('not-nested')
  expect(message).toMatchInlineSnapshot(`
    "step 1, reorder(order=t.d,stage=scale): d contains several statements, so nothing inside it can move past it [not-nested]
        serial d in D
        ^^^^^^^^^^^^^
          register scale_max: f32[]
          scale_max[] = 0
          serial t in T (reduce)
            scale_max[] = max(scale_max[], abs(x[t, d]))
          scale[d] = (select((scale_max < 9.99999993922529e-9), 1, scale_max) / 127)
        serial t in T
          serial d in D
            q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))"
  `)
})

test('bind refuses a grid loop inside a serial loop', () => {
  const { refusal: data, message } = refusal(quantize, 'bind(d=grid.x)')
  expect(data.code).toBe('not-nested')
  expect(message).toMatchInlineSnapshot(`
    "step 1, bind(d=grid.x): d is inside t, which is serial; workgroups must be outermost [not-nested]
        serial t in T
        ^^^^^^^^^^^^^
          serial d in D
          ^^^^^^^^^^^^^
            q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
    try reorder(order=d.t)"
  `)
})

test('bind refuses a serial loop around a grid loop', () => {
  const { refusal: data, message } = refusal(quantize, 'tile(t=16,d=16) bind(t=serial)')
  expect(data.code).toBe('not-nested')
  expect(message).toMatchInlineSnapshot(`
    "step 2, bind(t=serial): t contains d, which is grid.x; workgroups must be outermost [not-nested]
        grid.y t in T/16
        ^^^^^^^^^^^^^^^^
          grid.x d in D/16
          ^^^^^^^^^^^^^^^^
            block.y t_in in 16
              block.x d_in in 16
                q[16·t + t_in, 16·d + d_in] = saturate_i8(clamp(round((x[16·t + t_in, 16·d + d_in] / scale[16·d + d_in])), -128, 127))   if 16·t + t_in < T and 16·d + d_in < D"
  `)
})

test('bind refuses a block loop inside an unrolled loop', () => {
  const { refusal: data, message } = refusal(
    quantize,
    'split(loop=t,by=4) split(loop=d,by=16) unroll(loop=t_in) bind(d_in=block.x)',
  )
  expect(data.code).toBe('not-nested')
  expect(message).toMatchInlineSnapshot(`
    "step 4, bind(d_in=block.x): d_in is inside t_in, which is unroll [not-nested]
        serial t in T/4
          unroll t_in in 4
          ^^^^^^^^^^^^^^^^
            serial d in D/16
              serial d_in in 16
              ^^^^^^^^^^^^^^^^^
                q[4·t + t_in, 16·d + d_in] = saturate_i8(clamp(round((x[4·t + t_in, 16·d + d_in] / scale[16·d + d_in])), -128, 127))   if 4·t + t_in < T and 16·d + d_in < D"
  `)
})

test('tile refuses more grid loops than a grid has dimensions', () => {
  const { refusal: data, message } = refusal(quantize, 'split(loop=t,by=4) split(loop=d,by=4) tile(t=1,d=1)')
  expect(data.code).toBe('not-nested')
  expect(message).toMatchInlineSnapshot(`
    "step 3, tile(t=1,d=1): 4 loops would become grid loops; a grid has 3 dimensions [not-nested]
        serial t in T/4
        ^^^^^^^^^^^^^^^
          serial t_in in 4
          ^^^^^^^^^^^^^^^^
            serial d in D/4
            ^^^^^^^^^^^^^^^
              serial d_in in 4
              ^^^^^^^^^^^^^^^^
                q[4·t + t_in, 4·d + d_in] = saturate_i8(clamp(round((x[4·t + t_in, 4·d + d_in] / scale[4·d + d_in])), -128, 127))   if 4·t + t_in < T and 4·d + d_in < D"
  `)
})

test('tile refuses loops with other statements next to them', () => {
  const { refusal: data, message } = refusal(
    quantize,
    'split(loop=d,by=16) reorder(order=t.d.d_in) cache(buffer=scale,memory=register,at=d) tile(d=4)',
  )
  expect(data.code).toBe('not-nested')
  expect(message).toMatchInlineSnapshot(`
    "step 4, tile(d=4): there are other statements beside the loops of axis d, so they cannot become the threads of one tile; tile first [not-nested]
        serial t in T
          serial d in D/16
          ^^^^^^^^^^^^^^^^
            register scale_reg: f32[16]
            serial d_in in 16
            ^^^^^^^^^^^^^^^^^
              scale_reg[d_in] = scale[16·d + d_in]   if 16·d + d_in < D
            serial d_in in 16
            ^^^^^^^^^^^^^^^^^
              q[t, 16·d + d_in] = saturate_i8(clamp(round((x[t, 16·d + d_in] / scale_reg[d_in])), -128, 127))   if 16·d + d_in < D"
  `)
})

test('cache refuses shared memory outside of a workgroup', () => {
  const { refusal: data, message } = refusal(quantize, 'cache(buffer=x,memory=shared)')
  expect(data.code).toBe('not-nested')
  expect(message).toMatchInlineSnapshot(`
    "step 1, cache(buffer=x,memory=shared): x is read where no loop is bound to the grid; tile first, or name a loop with at= [not-nested]
        serial t in T
        ^^^^^^^^^^^^^
          serial d in D
          ^^^^^^^^^^^^^
            q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
    try tile(t=16,d=16)"
  `)
})

test('cache refuses shared memory at a loop outside of a workgroup', () => {
  const { refusal: data, message } = refusal(quantize, 'cache(buffer=x,memory=shared,at=d)')
  expect(data.code).toBe('not-nested')
  expect(message).toMatchInlineSnapshot(`
    "step 1, cache(buffer=x,memory=shared,at=d): d is outside every workgroup; bind its loops to the grid first [not-nested]
        serial t in T
          serial d in D
          ^^^^^^^^^^^^^
            q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))
    try tile(t=16,d=16)"
  `)
})

test('cache refuses shared memory for a single thread', () => {
  const { refusal: data, message } = refusal(quantize, 'tile(t=16,d=16) cache(buffer=x,memory=shared,at=d_in)')
  expect(data.code).toBe('not-nested')
  expect(message).toMatchInlineSnapshot(`
    "step 2, cache(buffer=x,memory=shared,at=d_in): d_in belongs to one thread; a whole workgroup makes a copy in shared memory [not-nested]
        grid.y t in T/16
          grid.x d in D/16
            block.y t_in in 16
              block.x d_in in 16
              ^^^^^^^^^^^^^^^^^^
                q[16·t + t_in, 16·d + d_in] = saturate_i8(clamp(round((x[16·t + t_in, 16·d + d_in] / scale[16·d + d_in])), -128, 127))   if 16·t + t_in < T and 16·d + d_in < D
    try at=d"
  `)
})

test('cache refuses to copy inside a vector loop', () => {
  const { refusal: data, message } = refusal(quantize, 'vectorize(d=4) cache(buffer=x,memory=register,at=d_vec)')
  expect(data.code).toBe('not-nested')
  expect(message).toMatchInlineSnapshot(`
    "step 2, cache(buffer=x,memory=register,at=d_vec): d_vec is a vector loop, which can contain only one statement; copy outside it [not-nested]
        serial t in T
          serial d in D/4
            vector d_vec in 4
            ^^^^^^^^^^^^^^^^^
              q[t, 4·d + d_vec] = saturate_i8(clamp(round((x[t, 4·d + d_vec] / scale[4·d + d_vec])), -128, 127))   if 4·d + d_vec < D
    try at=d"
  `)
})

test('tile points only at loops of the nest before the step', () => {
  const { refusal: data, nest } = refusal(
    grouped,
    'fuse(producer=scale,consumer=q,memory=shared,stage=scale) tile(t=2,stage=scale)',
    Object.fromEntries(grouped.sizes.map(({ name }) => [name, 0])),
  )
  expect(data.code).toBe('not-nested')
  const there = loopsOf(nest.body).map(({ loop }) => loop.id)
  expect(data.loops.filter(loop => !there.includes(loop))).toEqual([])
})
