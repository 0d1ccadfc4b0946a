/** Workgroups that process several tiles. */
import { expect, test } from 'vitest'
import { applySchedule, nestText, parseSteps } from '../../src/index.ts'
import { quantize } from '../kernels.ts'
import { refusal } from '../refusals/refusal.ts'

const after = (steps: string): string => `${nestText(applySchedule(quantize, parseSteps(steps)).nest)}\n`

test('a fixed number of workgroups strides over the tiles, and fills its shared memory for each', () => {
  expect(after('tile(t=4,d=16) cache(buffer=x,memory=shared) grid(loop=t,groups=132)')).toMatchInlineSnapshot(`
    "grid.y t in 132
      grid.x d in D/16
        serial t_step in T/528
          shared x_tile: f32[4, 16]
          block.y t_in in 4
            block.x d_in in 16
              x_tile[t_in, d_in] = x[528·t_step + 4·t + t_in, 16·d + d_in]   if 528·t_step + 4·t + t_in < T and 16·d + d_in < D
          block.y t_in in 4
            block.x d_in in 16
              q[528·t_step + 4·t + t_in, 16·d + d_in] = saturate_i8(clamp(round((x_tile[t_in, d_in] / scale[16·d + d_in])), -128, 127))   if 528·t_step + 4·t + t_in < T and 16·d + d_in < D
    "
  `)
})

test('a workgroup may process adjacent tiles', () => {
  expect(after('tile(t=4,d=16) grid(loop=d,tiles=2)')).toMatchInlineSnapshot(`
    "grid.y t in T/4
      grid.x d in D/32
        serial d_step in 2
          block.y t_in in 4
            block.x d_in in 16
              q[4·t + t_in, 32·d + 16·d_step + d_in] = saturate_i8(clamp(round((x[4·t + t_in, 32·d + 16·d_step + d_in] / scale[32·d + 16·d_step + d_in])), -128, 127))   if 4·t + t_in < T and 32·d + 16·d_step + d_in < D
    "
  `)
})

test.each([
  ['grid(loop=d,groups=4)', 'not-nested', 'd is serial; a loop of the grid is expected', []],
  ['tile(t=4,d=16) grid(loop=d_in,groups=4)', 'not-nested', 'd_in is block.x', ['loop=t', 'loop=d']],
  ['tile(t=4,d=16) grid(loop=d)', 'bad-argument', 'a number of workgroups or of tiles is needed', []],
  ['tile(t=4,d=16) grid(loop=d,groups=2,tiles=2)', 'bad-argument', 'write groups=132 or tiles=4', []],
])('refuses %s with %s', (steps, code, message, alternatives) => {
  const { refusal: data } = refusal(quantize, steps)
  expect(data.code).toBe(code)
  expect(data.message).toContain(message)
  expect(data.alternatives).toEqual(alternatives)
})

test('refuses as many workgroups as there are tiles', () => {
  const { refusal: data } = refusal(quantize, 'tile(t=4,d=16) grid(loop=d,groups=8)', { D: 128 })
  expect(data.code).toBe('over-limit')
})
