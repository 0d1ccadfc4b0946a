/** Loads that are the same in every iteration of a loop. */
import { expect, test } from 'vitest'
import { applySchedule, nestText, parseSteps } from '../../src/index.ts'
import { perChannel, quantize } from '../kernels.ts'
import { refusal } from '../refusals/refusal.ts'

test('hoisted loads keep the threads and vectors of their readers', () => {
  const steps = 'tile(t=4,d=64) vectorize(d=4) grid(loop=t,groups=8) hoist(loop=t_step)'
  expect(`${nestText(applySchedule(quantize, parseSteps(steps)).nest)}\n`).toMatchInlineSnapshot(`
    "grid.y t in 8
      grid.x d in D/64
        register scale_reg: f32[16, 4]
        block.x d_in in 16
          vector d_vec in 4
            scale_reg[d_in, d_vec] = scale[64·d + 4·d_in + d_vec]   if 64·d + 4·d_in + d_vec < D
        serial t_step in T/32
          block.y t_in in 4
            block.x d_in in 16
              vector d_vec in 4
                q[32·t_step + 4·t + t_in, 64·d + 4·d_in + d_vec] = saturate_i8(clamp(round((x[32·t_step + 4·t + t_in, 64·d + 4·d_in + d_vec] / scale_reg[d_in, d_vec])), -128, 127))   if 32·t_step + 4·t + t_in < T and 64·d + 4·d_in + d_vec < D
    "
  `)
})

test.each([
  [
    'tile(t=4,d=64) grid(loop=t,tiles=8) hoist(loop=t_step,buffer=x)',
    'depends',
    'x is read at different places',
    ['buffer=scale'],
  ],
  [
    'tile(t=4,d=64) grid(loop=t,tiles=8) hoist(loop=t_step,buffer=q)',
    'written-inside',
    'q is written in t_step',
    ['buffer=scale'],
  ],
  ['tile(t=4,d=64) hoist(loop=t)', 'not-serial', 't is grid.y', []],
  ['hoist(loop=t)', 'not-nested', 't is the outermost loop', []],
  [
    'tile(t=4,d=64) grid(loop=t,tiles=8) hoist(loop=t_step,buffer=scales)',
    'no-such-buffer',
    'there is no tensor scales',
    ['scale', 'x'],
  ],
])('refuses %s with %s', (steps, code, message, alternatives) => {
  const { refusal: data } = refusal(quantize, steps)
  expect(data.code).toBe(code)
  expect(data.message).toContain(message)
  expect(data.alternatives).toEqual(alternatives)
})

test('refuses a loop in which every load moves', () => {
  expect(refusal(perChannel, 'hoist(loop=t,stage=scale)').refusal.code).toBe('depends')
})

test('ignores the loop of a copy with the same name', () => {
  const steps =
    'split(loop=d,by=4) reorder(order=d.t.d_in) cache(buffer=x,memory=register,at=d) hoist(loop=t,buffer=scale)'
  const { nest } = applySchedule(quantize, parseSteps(steps), { fixed: new Map([['T', 3]]) })
  expect(nestText(nest)).toContain('scale_reg')
})
