import { expect, test } from 'vitest'
import { quantize } from '../kernels.ts'
import { portable, refusal } from './refusal.ts'

test('refuses vectors narrower than a word', () => {
  const { refusal: data, message } = refusal(quantize, 'tile(t=16,d=16) vectorize(d=2)', {}, portable)
  expect(data.code).toBe('word-split')
  expect(message).toMatchInlineSnapshot(`
    "step 2, vectorize(d=2): d_vec holds 2 elements, but a word of q holds 4 i8 [word-split]
        grid.y t in T/16
          grid.x d in D/16
            block.y t_in in 16
              block.x d_in in 8
                vector d_vec in 2
                ^^^^^^^^^^^^^^^^^
                  q[16·t + t_in, 16·d + 2·d_in + d_vec] = saturate_i8(clamp(round((x[16·t + t_in, 16·d + 2·d_in + d_vec] / scale[16·d + 2·d_in + d_vec])), -128, 127))   if 16·t + t_in < T and 16·d + 2·d_in + d_vec < D
    try vectorize(d=4), vectorize(d=8), vectorize(d=16) or cache(buffer=q,memory=shared,at=d,stage=q)"
  `)
})

test('refuses a layout in which no thread can own whole words, because the repair conflicts with the steps', () => {
  const steps = 'tile(t=16,d=16) split(loop=d_in,by=2,inner=pair) unroll(loop=pair) vectorize(d=2)'
  const { refusal: data, message } = refusal(quantize, steps, {}, portable)
  expect(data.code).toBe('word-split')
  expect(message).toMatchInlineSnapshot(`
    "step 4, vectorize(d=2): d_vec holds 2 elements, but a word of q holds 4 i8 [word-split]
        grid.y t in T/16
          grid.x d in D/16
            block.y t_in in 16
              block.x d_in in 4
                unroll pair in 2
                  vector d_vec in 2
                  ^^^^^^^^^^^^^^^^^
                    q[16·t + t_in, 16·d + 4·d_in + 2·d_vec + pair] = saturate_i8(clamp(round((x[16·t + t_in, 16·d + 4·d_in + 2·d_vec + pair] / scale[16·d + 4·d_in + 2·d_vec + pair])), -128, 127))   if 16·t + t_in < T and 16·d + 4·d_in + 2·d_vec + pair < D
    try vectorize(d=4), vectorize(d=8), vectorize(d=16) or cache(buffer=q,memory=shared,at=d,stage=q)"
  `)
})
