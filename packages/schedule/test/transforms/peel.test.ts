/** predicate(axis=peel): a version without guards, and one for the tail. */
import { f32, interpretKernel, interpretNest, kernel, sum, type Tensor } from '@qernel/dsl'
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

const product = kernel('product', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const [q, k] = [input('q', f32, [D]), input('k', f32, [T, D])]
  output('s', f32, [T], t => sum(D, d => q(d).mul(k(t, d))))
})

test('copies of work that has loops of its own stand in each version together', () => {
  const steps =
    'split(loop=t,by=8,inner=u) splitReduction(d=4,combine=subgroup,inner=lane,reassociate=true) split(loop=u,by=4,inner=row) reorder(order=row.u) bind(t=grid.x,row=block.y,lane=block.x) cache(buffer=k,memory=register,at=row) unroll(loop=u) predicate(t=peel,stage=k_reg)'
  const { nest } = applySchedule(product, parseSteps(steps), { fixed: new Map([['D', 8]]) })
  expect(`${nestText(nest)}\n`).toMatchInlineSnapshot(`
    "grid.x t in T/8
      block.y row in 4
        register k_reg: f32[2, 4, 2]
        serial t_whole in 1
          unroll u in 2
            block.x lane in 4
              serial d in D/4
                k_reg[u, lane, d] = k[8·t + 4·u + row, 4·d + lane]   if 8·t + row + 4 < T
        serial t_tail in 1
          unroll u in 2
            block.x lane in 4
              serial d in D/4
                k_reg[u, lane, d] = k[8·t + 4·u + row, 4·d + lane]   if 8·t + 4·u + row < T and 8·t + row + 4 ≥ T
        unroll u in 2
          register s_sum: f32[]
          register s_sum_part: f32[4]
          s_sum[] = 0
          block.x lane in 4
            s_sum_part[lane] = 0
            serial d in D/4 (reduce)
              s_sum_part[lane] += (q[4·d + lane] · k_reg[u, lane, d])   if 8·t + 4·u + row < T
          block.x lane in 4 (combine, subgroup)
            s_sum[] += s_sum_part[lane]
          s[8·t + 4·u + row] = s_sum   if 8·t + 4·u + row < T
    "
  `)
  for (const T of [0, 1, 7, 8, 9, 21]) {
    const sizes = new Map([
      ['T', T],
      ['D', 8],
    ])
    // Whole numbers, whose sums are the same in every order.
    const inputs = new Map([...randomInputs(product, sizes, T)].map(([name, tensor]) => [name, rounded(tensor)]))
    expect(interpretNest(nest, inputs, sizes)).toEqual(interpretKernel(product, inputs, sizes))
  }
})

const rounded = ({ type, shape, data }: Tensor): Tensor => ({
  type,
  shape,
  data: Float32Array.from(data, x => Math.round(x) % 8),
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
