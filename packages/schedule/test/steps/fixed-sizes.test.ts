/** Fixed sizes must satisfy the facts that the kernel declares, like sizes at launch. */
import { f32, kernel } from '@qernel/dsl'
import { expect, test } from 'vitest'
import { applySchedule } from '../../src/index.ts'

const copy = kernel('copy', ({ size, input, output }) => {
  const T = size('T', { multipleOf: 32, atMost: 4096 })
  const x = input('x', f32, [T])
  output('y', f32, [T], t => x(t))
})
const fixedTo = (T: number) => () => applySchedule(copy, [], { fixed: new Map([['T', T]]) })

test.each([
  [30, 'copy: size T is 30, but the kernel declares it a multiple of 32; the nearest are 0 and 32'],
  [8192, 'copy: size T is 8192, but the kernel declares it at most 4096'],
  [2 ** 31, 'copy: size T is 2147483648; a whole number from 0 to 2147483647 is expected'],
  [0.5, 'copy: size T is 0.5; a whole number from 0 to 2147483647 is expected'],
])('refuses %d', (T, message) => {
  expect(fixedTo(T)).toThrow(message)
})

test('accepts 0 and multiples', () => {
  expect([0, 64].map(T => fixedTo(T)().nest.fixed.get('T'))).toEqual([0, 64])
})
