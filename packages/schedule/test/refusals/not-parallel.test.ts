import { expect, test } from 'vitest'
import { grouped } from '../kernels.ts'
import { refusal } from './refusal.ts'

test('bind refuses a reduction loop', () => {
  const { refusal: data, message } = refusal(grouped, 'bind(e=block.x)')
  expect(data.code).toBe('not-parallel')
  expect(message).toMatchInlineSnapshot(`
    "step 1, bind(e=block.x): e is a reduction: its iterations feed one result, so they cannot run at the same time [not-parallel]
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
    try serial"
  `)
})

test('tile refuses the axis of a reduction', () => {
  const { refusal: data, message } = refusal(grouped, 'tile(e=4)')
  expect(data.code).toBe('not-parallel')
  expect(message).toMatchInlineSnapshot(`
    "step 1, tile(e=4): e is a reduction here: its iterations feed one result [not-parallel]
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
    try t, g, d_group or d"
  `)
})
