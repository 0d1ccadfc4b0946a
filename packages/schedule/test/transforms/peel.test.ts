/** predicate(axis=peel): a version without guards, and one for the tail. */
import { interpretKernel, interpretNest } from '@qernel/dsl'
import { expect, test } from 'vitest'
import { applySchedule, costOf, nestText, parseSteps } from '../../src/index.ts'
import { grouped, perChannel, quantize } from '../kernels.ts'
import { randomInputs } from '../random-inputs.ts'
import { refusal } from '../refusals/refusal.ts'

test('the whole version is guarded once, at the last lane, and each version has its own private copies', () => {
  const steps = 'tile(t=4,d=16) vectorize(d=4) predicate(d=assume) coarsen(t=2) predicate(t=peel)'
  expect(`${nestText(applySchedule(quantize, parseSteps(steps)).nest)}\n`).toMatchInlineSnapshot(`
    "grid.y t in T/4
      grid.x d in D/16
        block.y t_in in 2
          block.x d_in in 4
            serial t_whole in 1
              register x_reg: f32[2, 4]
              register scale_reg: f32[4]
              unroll t_k in 2
                vector d_vec in 4
                  x_reg[t_k, d_vec] = x[4·t + 2·t_k + t_in, 16·d + 4·d_in + d_vec]   if 16·d + 4·d_in < D and 4·t + t_in + 2 < T
              vector d_vec in 4
                scale_reg[d_vec] = scale[16·d + 4·d_in + d_vec]   if 16·d + 4·d_in < D and 4·t + t_in + 2 < T
              unroll t_k in 2
                vector d_vec in 4
                  q[4·t + 2·t_k + t_in, 16·d + 4·d_in + d_vec] = saturate_i8(clamp(round((x_reg[t_k, d_vec] / scale_reg[d_vec])), -128, 127))   if 16·d + 4·d_in < D and 4·t + t_in + 2 < T
            serial t_tail in 1
              register x_reg_tail: f32[2, 4]
              register scale_reg_tail: f32[4]
              unroll t_k in 2
                vector d_vec in 4
                  x_reg_tail[t_k, d_vec] = x[4·t + 2·t_k + t_in, 16·d + 4·d_in + d_vec]   if 4·t + 2·t_k + t_in < T and 16·d + 4·d_in < D and 4·t + t_in + 2 ≥ T
              vector d_vec in 4
                scale_reg_tail[d_vec] = scale[16·d + 4·d_in + d_vec]   if 16·d + 4·d_in < D and 4·t + t_in + 2 ≥ T
              unroll t_k in 2
                vector d_vec in 4
                  q[4·t + 2·t_k + t_in, 16·d + 4·d_in + d_vec] = saturate_i8(clamp(round((x_reg_tail[t_k, d_vec] / scale_reg_tail[d_vec])), -128, 127))   if 4·t + 2·t_k + t_in < T and 16·d + 4·d_in < D and 4·t + t_in + 2 ≥ T
    "
  `)
})

test.each([
  [quantize, 'tile(t=4,d=16) vectorize(d=4) predicate(d=peel)'],
  [quantize, 'tile(t=4,d=16) vectorize(d=4) coarsen(t=4) predicate(d=peel,t=peel)'],
  [quantize, 'vectorize(d=8) predicate(d=peel) tile(t=4) cache(buffer=x,memory=register)'],
  [perChannel, 'split(loop=t,by=4,stage=scale) unroll(loop=t_in,stage=scale) predicate(t=peel)'],
  [grouped, 'vectorize(d=2,stage=q) predicate(d=peel,stage=q)'],
])('peeling keeps the results of $name under %s', (kernel, steps) => {
  const { nest } = applySchedule(kernel, parseSteps(steps))
  expect(nestText(nest)).toContain('≥')
  for (const [T, D] of [
    [1, 1],
    [7, 13],
    [8, 16],
    [9, 17],
    [0, 5],
  ] as const) {
    const sizes = new Map([
      ['T', T],
      ['D', D],
    ])
    const inputs = randomInputs(kernel, sizes, T)
    expect(interpretNest(nest, inputs, sizes)).toEqual(interpretKernel(kernel, inputs, sizes))
  }
})

test('each element is moved once, by one of the versions', () => {
  const sizes = new Map([
    ['T', 7],
    ['D', 13],
  ])
  const cost = (steps: string) => costOf(applySchedule(quantize, parseSteps(steps)).nest, sizes)
  const moved = (steps: string) => cost(steps).tensors.map(({ tensor, reads, writes }) => [tensor, reads, writes])
  expect(moved('tile(t=4,d=16) vectorize(d=4) predicate(d=peel)')).toEqual(moved('tile(t=4,d=16) vectorize(d=4)'))
})

test.each([
  [
    'tile(t=1,d=32) cache(buffer=q,memory=shared,at=d) predicate(d=peel) cache(buffer=q,memory=shared,at=d_tail)',
    'accesses-differ',
    'by only one of two versions',
  ],
  ['tile(t=4,d=16) predicate(d=peel)', 'bad-argument', 'so there is nothing to peel'],
  ['tile(t=4,d=16) predicate(e=peel)', 'no-such-loop', 'nothing is guarded along e'],
  ['tile(t=4,d=16) coarsen(d=4) predicate(d=peel) vectorize(d=2)', 'already-bound', 'd_in is already peeled'],
])('%s is refused: %s', (steps, code, message) => {
  const { refusal: data } = refusal(quantize, steps)
  expect(data.code).toBe(code)
  expect(data.message).toContain(message)
})
