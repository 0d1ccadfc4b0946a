/** Moving copies between registers and shared memory. */
import { expect, test } from 'vitest'
import { applySchedule, nestText, parseSteps } from '../../src/index.ts'
import { perChannel, quantize } from '../kernels.ts'
import { refusal } from '../refusals/refusal.ts'

const nestOf = (steps: string) => nestText(applySchedule(quantize, parseSteps(steps)).nest)

test('moving a copy to registers and back restores the nest', () => {
  const steps = 'tile(t=4,d=16) cache(buffer=x,memory=shared)'
  const moved = `${steps} place(buffer=x_tile,memory=register)`
  expect(nestOf(moved)).toContain('register x_tile: f32[4, 16]')
  expect(nestOf(`${moved} place(buffer=x_tile,memory=shared)`)).toBe(nestOf(steps))
})

test.each([
  ['tile(t=4,d=16) place(buffer=x,memory=shared)', 'no-such-buffer', 'x is a tensor of the kernel'],
  ['tile(t=4,d=16) cache(buffer=x,memory=shared) place(buffer=x_tile,memory=shared)', 'bad-argument', 'already'],
  [
    'tile(t=4,d=16) cache(buffer=x,memory=register) place(buffer=x_reg,memory=shared)',
    'not-nested',
    'x_reg belongs to one thread, in d_in',
  ],
  [
    'tile(t=4,d=16) cache(buffer=scale,memory=register,at=d) place(buffer=scale_reg,memory=shared)',
    'not-owner',
    'the threads of t_in each have their own scale_reg',
  ],
])('refuses %s with %s', (steps, code, message) => {
  const { refusal: data } = refusal(quantize, steps)
  expect(data.code).toBe(code)
  expect(data.message).toContain(message)
})

test('refuses to move an accumulator', () => {
  const { refusal: data } = refusal(perChannel, 'tile(d=16,stage=scale) place(buffer=scale_max,memory=shared)')
  expect(data.code).toBe('not-nested')
})
