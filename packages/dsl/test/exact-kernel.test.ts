import { expect, test } from 'vitest'
import { f16, f32, i8, kernel, max, serializeKernel } from '../src/index.ts'
import { readExactKernel, writeExactKernel } from '../src/text/exact-kernel.ts'

const mine = kernel(
  'mine',
  ({ size, input, output, temporary }) => {
    const T = size('T', { multipleOf: 32 })
    const groups = T.groups(32)
    const x = input('x', f16, [T])
    const scale = temporary('scale', f32, [groups.count], g => max(groups.at(g), t => x(t).abs()).div(127))
    output('q', i8, { t: groups }, t => {
      const u = x(t).div(scale(t.group))
      return u.mul(u).max(Number.NEGATIVE_INFINITY).narrow(f16).add(-0).round()
    })
  },
  'a summary',
)

test('everything comes back: the summary, what is shared, and numbers that JSON lacks', () => {
  const read = readExactKernel(writeExactKernel(mine))
  expect(read).toEqual(mine)
  expect(serializeKernel(read)).toBe(serializeKernel(mine))
  // u · u is one object twice, and two equal loads stay two.
  expect(writeExactKernel(read)).toBe(writeExactKernel(mine))
})

test.each([
  ['', 'JSON'],
  ['{}', 'iterable'],
  [writeExactKernel(mine).replace('"node":0}', '"node":999}'), 'does not stand before it'],
  [writeExactKernel(mine).replaceAll('"buffer":"x"', '"buffer":"y"'), 'it reads y'],
])('%.20s is no kernel', (text, message) => {
  expect(() => readExactKernel(text)).toThrow(message)
})
