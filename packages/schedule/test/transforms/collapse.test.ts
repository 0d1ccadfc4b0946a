/** Two loops as one: the opposite of split. */
import { f32, kernel } from '@qernel/dsl'
import { expect, test } from 'vitest'
import { applySchedule, nestText, parseSteps } from '../../src/index.ts'
import { quantize } from '../kernels.ts'
import { refusal } from '../refusals/refusal.ts'

const nestOf = (steps: string) => nestText(applySchedule(quantize, parseSteps(steps)).nest)

test.each([
  ['split(loop=d,by=16) collapse(loop=d)', ''],
  ['split(loop=d,by=64) split(loop=d_in,by=8) collapse(loop=d_in)', 'split(loop=d,by=64)'],
  ['split(loop=d,by=64) split(loop=d,by=4,inner=c) collapse(loop=d)', 'split(loop=d,by=64)'],
])('%s gives the same nest as %s', (steps, same) => {
  expect(nestOf(steps)).toBe(nestOf(same))
})

test('threads along two dimensions become threads along one', () => {
  const steps = 'split(loop=d,by=32,inner=a) split(loop=a,by=8,inner=b) bind(t=grid.y,d=grid.x,a=block.y,b=block.x)'
  expect(`${nestOf(`${steps} collapse(loop=a)`)}\n`).toMatchInlineSnapshot(`
    "grid.y t in T
      grid.x d in D/32
        block.x a in 32
          q[t, 32·d + a] = saturate_i8(clamp(round((x[t, 32·d + a] / scale[32·d + a])), -128, 127))   if 32·d + a < D
    "
  `)
})

test.each([
  ['tile(t=4,d=16) collapse(loop=t)', 'not-constant', 'T/4 times D/16 iterations'],
  ['tile(t=4,d=16) collapse(loop=t_in)', 'accesses-differ', 't_in and d_in do not together walk one index'],
  [
    'split(loop=d,by=16) bind(t=grid.x,d_in=block.x) collapse(loop=d)',
    'already-bound',
    'd is serial and d_in is block.x',
  ],
  ['collapse(loop=d)', 'not-nested', 'd does not contain exactly one loop'],
])('refuses %s with %s', (steps, code, message) => {
  const { refusal: data } = refusal(quantize, steps)
  expect(data.code).toBe(code)
  expect(data.message).toContain(message)
})

test('a loop with the same name as an inner loop is merged with it', () => {
  const fused = kernel('fused', ({ size, input, output, temporary }) => {
    const D = size('D')
    const x = input('x', f32, [D])
    const triples = D.groups(3)
    temporary('first', f32, [triples.count], n => x(n.mul(3)))
    output('y', f32, [triples], n => x(n).add(1))
  })
  const steps = 'fuse(producer=first,consumer=y) collapse(loop=n)'
  const { nest } = applySchedule(fused, parseSteps(steps))
  expect(nestText(nest)).toMatchInlineSnapshot(`
    "serial n in D
      y[n] = (x[n] + 1)"
  `)
})
