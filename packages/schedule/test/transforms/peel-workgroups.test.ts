/** predicate(axis=peel,by=workgroup): workgroups that are entirely in bounds have a version without guards, with whatever their threads do together. */
import { f32, interpretKernel, interpretNest, kernel, sum, type Tensor } from '@qernel/dsl'
import { expect, test } from 'vitest'
import { applySchedule, costOf, nestText, parseSteps } from '../../src/index.ts'
import { perChannel, quantize } from '../kernels.ts'
import { randomInputs } from '../random-inputs.ts'
import { refusal } from '../refusals/refusal.ts'

const product = kernel('product', ({ size, input, output }) => {
  const [T, D] = [size('T'), size('D')]
  const [q, k] = [input('q', f32, [D]), input('k', f32, [T, D])]
  output('s', f32, [T], t => sum(D, d => q(d).mul(k(t, d))))
})

const lanes =
  'split(loop=t,by=8,inner=u) splitReduction(d=4,combine=subgroup,inner=lane,reassociate=true) split(loop=u,by=4,inner=row) reorder(order=row.u) bind(t=grid.x,row=block.y,lane=block.x) predicate(t=peel,by=workgroup)'
const fixed = new Map([['D', 8]])

test('both versions combine lanes, and later steps treat one of them', () => {
  const steps = `${lanes} cache(buffer=k,memory=register,at=row) unroll(loop=u) cache(buffer=q,memory=register,at=row_tail)`
  const { nest } = applySchedule(product, parseSteps(steps), { fixed })
  expect(`${nestText(nest)}\n`).toMatchInlineSnapshot(`
    "grid.x t in T/8
      serial t_whole_group in 1
        block.y row in 4
          register k_reg: f32[2, 4, 2]
          unroll u in 2
            block.x lane in 4
              serial d in D/4
                k_reg[u, lane, d] = k[8·t + 4·u + row, 4·d + lane]   if 8·t + 7 < T
          unroll u in 2
            register s_sum: f32[]
            register s_sum_part: f32[4]
            s_sum[] = 0   if 8·t + 7 < T
            block.x lane in 4
              s_sum_part[lane] = 0   if 8·t + 7 < T
              serial d in D/4 (reduce)
                s_sum_part[lane] += (q[4·d + lane] · k_reg[u, lane, d])   if 8·t + 7 < T
            block.x lane in 4 (combine, subgroup)
              s_sum[] += s_sum_part[lane]   if 8·t + 7 < T
            s[8·t + 4·u + row] = s_sum   if 8·t + 7 < T
      serial t_tail_group in 1
        block.y row_tail in 4
          register q_reg: f32[4, 2]
          block.x lane_tail in 4
            serial d_tail in D/4
              q_reg[lane_tail, d_tail] = q[4·d_tail + lane_tail]   if 8·t + 7 ≥ T
          serial u_tail in 2
            register s_sum_tail: f32[]
            register s_sum_part_tail: f32[4]
            s_sum_tail[] = 0   if 8·t + 7 ≥ T
            block.x lane_tail in 4
              s_sum_part_tail[lane_tail] = 0   if 8·t + 7 ≥ T
              serial d_tail in D/4 (reduce)
                s_sum_part_tail[lane_tail] += (q_reg[lane_tail, d_tail] · k[8·t + 4·u_tail + row_tail, 4·d_tail + lane_tail])   if 8·t + 4·u_tail + row_tail < T and 8·t + 7 ≥ T
            block.x lane_tail in 4 (combine, subgroup)
              s_sum_tail[] += s_sum_part_tail[lane_tail]   if 8·t + 7 ≥ T
            s[8·t + 4·u_tail + row_tail] = s_sum_tail   if 8·t + 4·u_tail + row_tail < T and 8·t + 7 ≥ T
    "
  `)
})

/** Whole numbers, whose sums are the same in every order. */
const rounded = ({ type, shape, data }: Tensor): Tensor => ({
  type,
  shape,
  data: Float32Array.from(data, x => Math.round(x) % 8),
})

test.each([
  [product, lanes],
  [product, `${lanes} cache(buffer=k,memory=register,at=row) unroll(loop=u) cache(buffer=k,memory=register,at=u_tail)`],
  [product, lanes.replaceAll('subgroup', 'shared')],
  [quantize, 'tile(t=4,d=16) vectorize(d=4) coarsen(t=2) predicate(t=peel,d=peel,by=workgroup)'],
  [
    perChannel,
    'split(loop=t,by=4,stage=q) reorder(order=d.t_in,stage=q) bind(t=grid.y,d=grid.x,t_in=block.x,stage=q) predicate(t=peel,by=workgroup,stage=q)',
  ],
])('keeps the results of $name under %s', (one, steps) => {
  const { nest } = applySchedule(one, parseSteps(steps), { fixed: one === product ? fixed : new Map() })
  expect(nestText(nest)).toContain('≥')
  for (const T of [0, 1, 3, 4, 7, 8, 9, 16, 21])
    for (const D of one === product ? [8] : [0, 1, 15, 16, 33]) {
      const sizes = new Map(one.sizes.map(({ name }) => [name, name === 'T' ? T : D]))
      const inputs = new Map([...randomInputs(one, sizes, T)].map(([name, tensor]) => [name, rounded(tensor)]))
      expect(interpretNest(nest, inputs, sizes), `T = ${T}, D = ${D}`).toEqual(interpretKernel(one, inputs, sizes))
    }
})

test('each key is read once, and each result is written once, by one of the versions', () => {
  const sizes = new Map([
    ['T', 21],
    ['D', 8],
  ])
  const moved = (steps: string) =>
    costOf(applySchedule(product, parseSteps(steps), { fixed }).nest, sizes)
      .tensors.filter(t => t.tensor !== 'q')
      .map(t => [t.tensor, t.reads, t.writes])
  expect(moved(lanes)).toEqual(moved(lanes.replace(/ predicate.*/, '')))
})

test.each([
  ['split(loop=t,by=8) predicate(t=peel,by=workgroup)', 'not-bound', 't has no workgroups yet'],
  [`${lanes} predicate(t=peel,by=workgroup)`, 'already-bound', 't is peeled already'],
  [lanes.replace('t=peel', 'e=peel'), 'no-such-loop', 'nothing is guarded along e'],
  [lanes.replace('t=peel', 't=mask'), 'bad-argument', 'by=workgroup says whose work is peeled, but no axis is'],
])('%s is refused: %s', (steps, code, message) => {
  const { refusal: data } = refusal(product, steps, { D: 8 })
  expect([data.code, data.message]).toEqual([code, expect.stringContaining(message)])
})
