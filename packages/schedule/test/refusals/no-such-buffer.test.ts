import { expect, test } from 'vitest'
import { quantize } from '../kernels.ts'
import { refusal } from './refusal.ts'

test('cache refuses an unknown tensor', () => {
  const { refusal: data, message } = refusal(quantize, 'cache(buffer=y,memory=shared)')
  expect(data.code).toBe('no-such-buffer')
  expect(message).toMatchInlineSnapshot(`
    "step 1, cache(buffer=y,memory=shared): there is no tensor y [no-such-buffer]
    try x or scale"
  `)
})

test('cache refuses a copy of a copy', () => {
  const { refusal: data, message } = refusal(
    quantize,
    'tile(t=16,d=16) cache(buffer=x,memory=shared) cache(buffer=x_tile,memory=register)',
  )
  expect(data.code).toBe('no-such-buffer')
  expect(message).toMatchInlineSnapshot(`
    "step 3, cache(buffer=x_tile,memory=register): x_tile is already in shared memory [no-such-buffer]
    try x or scale"
  `)
})

test('cache refuses a tensor that nothing inside the loop reads', () => {
  const { refusal: data, message } = refusal(
    quantize,
    'tile(t=16,d=16) cache(buffer=x,memory=shared) cache(buffer=x,memory=register,at=d_in)',
  )
  expect(data.code).toBe('no-such-buffer')
  expect(message).toMatchInlineSnapshot(`
    "step 3, cache(buffer=x,memory=register,at=d_in): d_in contains no load of x [no-such-buffer]
        grid.y t in T/16
          grid.x d in D/16
            shared x_tile: f32[16, 16]
            block.y t_in in 16
              block.x d_in in 16
                x_tile[t_in, d_in] = x[16·t + t_in, 16·d + d_in]   if 16·t + t_in < T and 16·d + d_in < D
            block.y t_in in 16
              block.x d_in in 16
              ^^^^^^^^^^^^^^^^^^
                q[16·t + t_in, 16·d + d_in] = saturate_i8(clamp(round((x_tile[t_in, d_in] / scale[16·d + d_in])), -128, 127))   if 16·t + t_in < T and 16·d + d_in < D
    try scale"
  `)
})
