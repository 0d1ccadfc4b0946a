import { expect, test } from 'vitest'
import { perChannel, quantize } from '../kernels.ts'
import { portable, refusal, refusalAnywhere } from './refusal.ts'

test('coarsen refuses an axis that is not bound', () => {
  const { refusal: data, message } = refusal(quantize, 'coarsen(d=4)')
  expect(data.code).toBe('not-bound')
  expect(message).toMatchInlineSnapshot(`
    "step 1, coarsen(d=4): no loop of axis d is bound to the block or the grid; tile or bind first [not-bound]
        serial t in T
          serial d in D
          ^^^^^^^^^^^^^
            q[t, d] = saturate_i8(clamp(round((x[t, d] / scale[d])), -128, 127))"
  `)
})

test('refuses, at the end of the schedule, lanes that are combined but not bound to threads', () => {
  const steps = 'bind(d=grid.x,stage=scale) splitReduction(t=64,combine=shared,stage=scale) tile(t=8,d=8,stage=q)'
  const { refusal: data, step, message } = refusalAnywhere(perChannel, steps, portable)
  expect(data.code).toBe('not-bound')
  expect(step).toBe(2)
  expect(message).toMatchInlineSnapshot(`
    "step 2, splitReduction(t=64,combine=shared,stage=scale): t_in combines 64 lanes, but no threads run them [not-bound]
        grid.x d in D
          register scale_max: f32[]
          register scale_max_part: f32[64]
          scale_max[] = 0
          serial t_in in 64
            scale_max_part[t_in] = 0
            serial t in T/64 (reduce)
              scale_max_part[t_in] = max(scale_max_part[t_in], abs(x[64·t + t_in, d]))   if 64·t + t_in < T
          serial t_in in 64 (combine, shared)
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
            scale_max[] = max(scale_max[], scale_max_part[t_in])
          scale[d] = (select((scale_max < 9.99999993922529e-9), 1, scale_max) / 127)
        grid.y t in T/8
          grid.x d in D/32
            block.y t_in in 8
              block.x d_in in 8
                vector d_vec in 4
                  q[8·t + t_in, 32·d + 4·d_in + d_vec] = saturate_i8(clamp(round((x[8·t + t_in, 32·d + 4·d_in + d_vec] / scale[32·d + 4·d_in + d_vec])), -128, 127))   if 8·t + t_in < T and 32·d + 4·d_in + d_vec < D
    try bind(t_in=block.x,stage=scale)"
  `)
})
