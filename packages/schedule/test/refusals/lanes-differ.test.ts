import { abs, f32, kernel, max } from '@qernel/dsl'
import { expect, test } from 'vitest'
import { applySchedule, parseSteps } from '../../src/index.ts'
import { perChannel } from '../kernels.ts'
import { portable, refusalAnywhere } from './refusal.ts'

const perToken = kernel('per_token', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const scale = output('scale', f32, [T], t => max(D, d => abs(x(t, d))))
  output('y', f32, [T, D], (t, d) => x(t, d).div(scale(t)))
})

test('refuses to combine lanes of subgroups that are not a power of two of threads apart', () => {
  const steps =
    'splitReduction(t=8,combine=subgroup,stage=scale) split(loop=d,by=3,stage=scale) bind(d=grid.x,d_in=block.x,t_in=block.y,stage=scale)'
  const { refusal: data, step, message } = refusalAnywhere(perChannel, steps, { ...portable, hasSubgroups: true })
  expect(data.code).toBe('lanes-differ')
  expect(step).toBe(3)
  expect(message).toMatchInlineSnapshot(`
    "step 3, bind(d=grid.x,d_in=block.x,t_in=block.y,stage=scale): t_in combines lanes of subgroups on block.y, where they are 3 threads apart; a power of two is expected [lanes-differ]
        grid.x d in D/3
          block.x d_in in 3
            register scale_max: f32[]
            register scale_max_part: f32[8]
            scale_max[] = 0
            block.y t_in in 8
              scale_max_part[t_in] = 0
              serial t in T/8 (reduce)
                scale_max_part[t_in] = max(scale_max_part[t_in], abs(x[8·t + t_in, 3·d + d_in]))   if 3·d + d_in < D and 8·t + t_in < T
            block.y t_in in 8 (combine, subgroup)
            ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
              scale_max[] = max(scale_max[], scale_max_part[t_in])
            scale[3·d + d_in] = (select((scale_max < 9.99999993922529e-9), 1, scale_max) / 127)   if 3·d + d_in < D
        serial t in T
          serial d in D/4
            vector d_vec in 4
              q[t, 4·d + d_vec] = saturate_i8(clamp(round((x[t, 4·d + d_vec] / scale[4·d + d_vec])), -128, 127))   if 4·d + d_vec < D
    try split(loop=d,by=1,stage=scale)"
  `)
})

test('lanes of subgroups may lie behind a power of two of threads', () => {
  const steps =
    'splitReduction(t=8,combine=subgroup,stage=scale) split(loop=d,by=4,stage=scale) bind(d=grid.x,d_in=block.x,t_in=block.y,stage=scale)'
  expect(() => applySchedule(perChannel, parseSteps(steps), { ...portable, hasSubgroups: true })).not.toThrow()
})

test('refuses more threads than the lanes that are combined', () => {
  const steps =
    'fuse(producer=scale,consumer=y) splitReduction(d=32,combine=shared) split(loop=d,by=64,inner=column,stage=y) bind(t=grid.x,d_in=block.x) bind(column=block.x)'
  const { refusal: data, step, message } = refusalAnywhere(perToken, steps, portable)
  expect(data.code).toBe('lanes-differ')
  expect(step).toBe(5)
  expect(message).toMatchInlineSnapshot(`
    "step 5, bind(column=block.x): d_in combines 32 lanes on block.x; it must combine all 64 threads along that dimension [lanes-differ]
        grid.x t in T
          register scale_max: f32[]
          register scale_kept: f32[]
          register scale_max_part: f32[32]
          scale_max[] = 0
          block.x d_in in 32
          ^^^^^^^^^^^^^^^^^^
            scale_max_part[d_in] = 0
            serial d in D/32 (reduce)
              scale_max_part[d_in] = max(scale_max_part[d_in], abs(x[t, 32·d + d_in]))   if 32·d + d_in < D
          block.x d_in in 32 (combine, shared)
          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
            scale_max[] = max(scale_max[], scale_max_part[d_in])
          scale_kept[] = scale_max
          scale[t] = scale_kept
          serial d in D/64
            block.x column in 64
            ^^^^^^^^^^^^^^^^^^^^
              y[t, 64·d + column] = (x[t, 64·d + column] / scale_kept)   if 64·d + column < D
    try splitReduction(d=64,combine=shared) or split(loop=d,by=32,inner=column,stage=y)"
  `)
})
