/** Tiles that take the place of others. */
import { f32, kernel, max, sum } from '@qernel/dsl'
import { expect, test } from 'vitest'
import { applySchedule, nestText, parseSteps } from '../../src/index.ts'
import { refusal } from '../refusals/refusal.ts'

/** The softmax of rows of 8, without the division. */
const weights = (late: boolean) =>
  kernel('weights', ({ size, input, output, temporary }) => {
    const T = size('T')
    const x = input('x', f32, [T, 8])
    const s = temporary('s', f32, { t: T, d: 8 }, (t, d) => x(t, d).mul(2))
    const p = temporary('p', f32, { t: T, d: 8 }, (t, d) =>
      s(t, d)
        .sub(max({ e: 8 }, e => x(t, e)))
        .exp2(),
    )
    const shifted = temporary('shifted', f32, { t: T, d: 8 }, (t, d) => s(t, d.mul(-1).add(7)).add(1))
    output('l', f32, { t: T }, t => sum({ d: 8 }, d => p(t, d)))
    output('n', f32, { t: T }, t => sum({ d: 8 }, d => shifted(t, d).add(late ? s(t, d) : 0)))
  })

const fused =
  'fuse(producer=s,consumer=p,memory=shared) fuse(producer=p,consumer=shifted,memory=shared) fuse(producer=shifted,consumer=l,memory=shared) fuse(producer=l,consumer=n,memory=shared) bind(t=grid.x)'

/** Only what the tile of p needs. */
const small = kernel('small', ({ size, input, output, temporary }) => {
  const T = size('T')
  const x = input('x', f32, [T, 8])
  const s = temporary('s', f32, { t: T, d: 8 }, (t, d) => x(t, d).mul(2))
  const p = temporary('p', f32, { t: T, d: 8 }, (t, d) => s(t, d).exp2())
  output('l', f32, { t: T }, t => sum({ d: 8 }, d => p(t, d)))
})

test('the new tile takes the place of the old one', () => {
  const steps =
    'fuse(producer=s,consumer=p,memory=shared) fuse(producer=p,consumer=l,memory=shared) bind(t=grid.x) reuse(buffer=p_tile,of=s_tile)'
  expect(nestText(applySchedule(small, parseSteps(steps)).nest)).toMatchInlineSnapshot(`
    "grid.x t in T
      register l_sum: f32[]
      shared s_tile: f32[8]
      serial d in 8
        s_tile[d] = (x[t, d] · 2)
      serial d in 8
        s_tile[d] = exp2(s_tile[d])
      l_sum[] = 0
      serial d in 8 (reduce)
        l_sum[] += s_tile[d]
      l[t] = l_sum"
  `)
})

test.each([
  // The other end of the row is still needed.
  [
    weights(false),
    'reuse(buffer=shifted_tile,of=s_tile2)',
    'depends',
    's_tile2 is used after shifted_tile has begun to take its place',
  ],
  [
    weights(true),
    'reuse(buffer=p_tile,of=s_tile3)',
    'depends',
    's_tile3 is used after p_tile has begun to take its place',
  ],
  [small, 'reuse(buffer=x,of=s_tile)', 'no-such-buffer', 'there is no tile x in shared memory'],
  [small, 'reuse(buffer=s_tile,of=s_tile)', 'bad-argument', 'cannot take its own place'],
] as const)('%#: refuses', (each, step, code, message) => {
  const before = each === small ? 'fuse(producer=s,consumer=p,memory=shared) bind(t=grid.x)' : fused
  const { refusal: data } = refusal(each, `${before} ${step}`)
  expect(data.message).toContain(message)
  expect(data.code).toBe(code)
})
