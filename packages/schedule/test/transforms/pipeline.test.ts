/** Software pipelining as nests: values that pass from one iteration to the next keep the iterations in order. */
import { interpretKernel, interpretNest } from '@qernel/dsl'
import { expect, test } from 'vitest'
import { applySchedule, nestText, parseSteps } from '../../src/index.ts'
import { perChannel, quantize, rowSum } from '../kernels.ts'
import { randomInputs } from '../random-inputs.ts'
import { refusal } from '../refusals/refusal.ts'

test('shared memory is filled from registers that already hold the next tile', () => {
  const steps = 'tile(t=4,d=16) grid(loop=t,groups=2) cache(buffer=x,memory=shared,at=t_step) pipeline(loop=t_step)'
  expect(`${nestText(applySchedule(quantize, parseSteps(steps)).nest)}\n`).toMatchInlineSnapshot(`
    "grid.y t in 2
      grid.x d in D/16
        register x_next: f32[4, 16]
        block.y t_in in 4
          block.x d_in in 16
            x_next[t_in, d_in] = x[4·t + t_in, 16·d + d_in]   if 4·t + t_in < T and 16·d + d_in < D
        serial t_step in T/8 (ordered)
          shared x_tile: f32[4, 16]
          block.y t_in in 4
            block.x d_in in 16
              x_tile[t_in, d_in] = x_next[t_in, d_in]   if 8·t_step + 4·t + t_in < T and 16·d + d_in < D
          block.y t_in in 4
            block.x d_in in 16
              x_next[t_in, d_in] = x[8·t_step + 4·t + t_in + 8, 16·d + d_in]   if 8·t_step + 4·t + t_in + 8 < T and 16·d + d_in < D and t_step + 1 < T/8
          block.y t_in in 4
            block.x d_in in 16
              q[8·t_step + 4·t + t_in, 16·d + d_in] = saturate_i8(clamp(round((x_tile[t_in, d_in] / scale[16·d + d_in])), -128, 127))   if 8·t_step + 4·t + t_in < T and 16·d + d_in < D
    "
  `)
})

test('refuses to reorder the parts of a pipelined loop', () => {
  const { refusal: data, message } = refusal(
    quantize,
    'pipeline(loop=d,buffer=x) split(loop=d,by=2,inner=inner) reorder(order=inner.d)',
  )
  expect(data.code).toBe('depends')
  expect(message).toMatchInlineSnapshot(`
    "step 3, reorder(order=inner.d): x_next passes a value from each iteration to the next; in another order a different iteration would get it [depends]
        serial t in T
          register x_next: f32[]
          x_next[] = x[t, 0]   if 0 < D
          serial d in D/2 (ordered)
          ^^^^^^^^^^^^^^^^^^^^^^^^^
            serial inner in 2 (ordered)
            ^^^^^^^^^^^^^^^^^^^^^^^^^^^
              register x_reg: f32[]
              x_reg[] = x_next   if 2·d + inner < D
              x_next[] = x[t, 2·d + inner + 1]   if 2·d + inner + 1 < D
              q[t, 2·d + inner] = saturate_i8(clamp(round((x_reg / scale[2·d + inner])), -128, 127))   if 2·d + inner < D"
  `)
})

test.each([
  'pipeline(loop=d,buffer=x) splitReduction(loop=d,by=4,reassociate=true)',
  'pipeline(loop=d,buffer=x) split(loop=d,by=4) reorder(order=d_in.d)',
])('%s keeps the results or is refused', steps => {
  const inputs = randomInputs(
    rowSum,
    new Map([
      ['T', 3],
      ['D', 13],
    ]),
    4,
  )
  let nest: ReturnType<typeof applySchedule>['nest'] | undefined
  try {
    nest = applySchedule(rowSum, parseSteps(steps)).nest
  } catch (error) {
    expect(error).toMatchObject({ name: 'ScheduleRefusal' })
    return
  }
  expect(interpretNest(nest, inputs)).toEqual(interpretKernel(rowSum, inputs))
})

test.each([
  [quantize, 'tile(t=4,d=16) grid(loop=t,tiles=4) pipeline(loop=t_step,buffer=x) bind(t_step=grid.z)', 'not-parallel'],
  [quantize, 'tile(t=4,d=16) pipeline(loop=t,buffer=x)', 'not-serial'],
  [quantize, 'pipeline(loop=t,buffer=x)', 'not-nested'],
  [quantize, 'tile(t=4,d=16) grid(loop=t,tiles=4) pipeline(loop=t_step)', 'no-such-buffer'],
  [quantize, 'tile(t=4,d=16) grid(loop=t,tiles=4) pipeline(loop=t_step,buffer=y)', 'no-such-buffer'],
  [perChannel, 'pipeline(loop=t,buffer=q,stage=scale)', 'no-such-buffer'],
])('$name refuses %s with %s', (kernel, steps, code) => {
  expect(refusal(kernel, steps).refusal.code).toBe(code)
})
