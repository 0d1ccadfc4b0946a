/** A grid that runs in several dispatches. */
import { expect, test } from 'vitest'
import { applySchedule, nestText, parseSteps } from '../../src/index.ts'
import { perChannel, quantize } from '../kernels.ts'
import { refusal } from '../refusals/refusal.ts'

test('the last part is shorter, and each part has its own workgroup memory', () => {
  const steps = 'tile(t=4,d=16) cache(buffer=x,memory=shared) chunk(loop=d,parts=2)'
  const { nest } = applySchedule(quantize, parseSteps(steps), { fixed: new Map([['D', 40]]) })
  expect(`${nestText(nest)}\n`).toMatchInlineSnapshot(`
    "grid.y t in T/4
      grid.x d in 2
        shared x_tile: f32[4, 16]
        block.y t_in in 4
          block.x d_in in 16
            x_tile[t_in, d_in] = x[4·t + t_in, 16·d + d_in]   if 4·t + t_in < T
        block.y t_in in 4
          block.x d_in in 16
            q[4·t + t_in, 16·d + d_in] = saturate_i8(clamp(round((x_tile[t_in, d_in] / scale[16·d + d_in])), -128, 127))   if 4·t + t_in < T
    grid.y t in T/4
      grid.x d in 1
        shared x_tile_part: f32[4, 16]
        block.y t_in in 4
          block.x d_in in 16
            x_tile_part[t_in, d_in] = x[4·t + t_in, 16·d + d_in + 32]   if 4·t + t_in < T and 16·d + d_in + 32 < D
        block.y t_in in 4
          block.x d_in in 16
            q[4·t + t_in, 16·d + d_in + 32] = saturate_i8(clamp(round((x_tile_part[t_in, d_in] / scale[16·d + d_in + 32])), -128, 127))   if 4·t + t_in < T and 16·d + d_in + 32 < D
    "
  `)
})

test.each([
  ['tile(t=4,d=16) chunk(loop=t,parts=2)', {}, 'not-constant', 't has T/4 workgroups', ['grid(loop=t,groups=132)']],
  ['tile(t=4,d=16) chunk(loop=d_in,parts=2)', { D: 64 }, 'not-bound', 'd_in is block.x', ['loop=d']],
  ['tile(t=4,d=16) chunk(loop=d,parts=4)', { D: 40 }, 'over-limit', 'd has 3 workgroups', []],
  ['tile(t=4,d=16) chunk(loop=d,parts=64)', { D: 4096 }, 'over-limit', '64 dispatches', ['8', '16']],
])('refuses %s', (steps, fixed, code, message, alternatives) => {
  const { refusal: data } = refusal(quantize, steps, fixed)
  expect(data.code).toBe(code)
  expect(data.message).toContain(message)
  expect(data.alternatives).toEqual(alternatives)
})

test('refuses to fuse parts of different stages', () => {
  const chunked = 'bind(d=grid.x,stage=scale) bind(d=grid.x,stage=q) chunk(loop=d,parts=2)'
  expect(() =>
    applySchedule(perChannel, parseSteps(`reorder(order=d.t,stage=q) ${chunked} fuse(producer=scale,consumer=q)`), {
      fixed: new Map([['D', 8]]),
    }),
  ).toThrow('needs a value that a statement in between computes')
})
