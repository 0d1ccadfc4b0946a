/** Arrays are declared as vectors if some access reads or writes four aligned elements at a time. */
import { f16, f32, i8, type Kernel, kernel, select } from '@qernel/dsl'
import { applySchedule, parseSteps } from '@qernel/schedule'
import { expect, test } from 'vitest'
import { lower } from '../../src/internal.ts'
import { wgslTarget } from '../targets.ts'

/** The lanes of the declared element of each array, as `x 4 · q 1`. */
function declared(one: Kernel, steps: string): string {
  const { nativeTypes } = wgslTarget
  const { program } = lower(applySchedule(one, parseSteps(steps), { nativeTypes }), wgslTarget)
  const locals = program.functions.flatMap(f => f.shared.map(({ name, type }) => `${name} ${type.lanes}`))
  return [...program.arrays.map(({ name, element }) => `${name} ${element.lanes}`), ...locals].join(' · ')
}

const scaled = kernel('scaled', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const x = input('x', f32, [T, D])
  const s = input('s', f32, [D])
  output('y', f32, [T, D], (t, d) => x(t, d).mul(s(d)))
})

test.each([
  ['whole vectors are declared as vectors', 'vectorize(d=4) predicate(d=assume)', 'x 4 · s 4 · y 4'],
  ['two vectors per thread are declared as vectors', 'vectorize(d=8) predicate(d=assume)', 'x 4 · s 4 · y 4'],
  ['lanes that may be out of bounds are accessed one by one', 'vectorize(d=4)', 'x 1 · s 1 · y 1'],
  ['two lanes do not make a vector', 'vectorize(d=2) predicate(d=assume)', 'x 1 · s 1 · y 1'],
  ['access=1 keeps loads and stores scalar', 'vectorize(d=4,access=1) predicate(d=assume)', 'x 1 · s 1 · y 1'],
  ['lanes along another axis are not adjacent', 'vectorize(t=4) predicate(t=assume)', 'x 1 · s 1 · y 1'],
  [
    'of two vector loops, the one along the row counts',
    'vectorize(d=4) vectorize(t=2) predicate(d=assume,t=assume)',
    'x 4 · s 4 · y 4',
  ],
  ['no vectors without vectorize', 'tile(t=16,d=16)', 'x 1 · s 1 · y 1'],
  [
    'copies of vectors are vectors',
    'tile(t=4,d=64) vectorize(d=4) predicate(d=assume) cache(buffer=x,memory=shared)',
    'x 4 · s 4 · y 4 · x_tile 4',
  ],
])('%s', (_, steps, expected) => {
  expect(declared(scaled, steps)).toBe(expected)
})

test.each([
  [
    'an offset of one',
    kernel('neighbour', ({ size, input, output }) => {
      const D = size('D')
      const x = input('x', f32, [D])
      output('y', f32, [D], d => select(d.value().lt(D.value().sub(1)), x(d.add(1)), 0))
    }),
    'x 1 · y 4',
  ],
  [
    'every other element',
    kernel('even', ({ size, input, output }) => {
      const T = size('T')
      const x = input('x', f32, [T, 16])
      output('y', f32, [T, 8], (_t, d) => x(_t, d.mul(2)))
    }),
    'x 1 · y 4',
  ],
  [
    'a transposed input',
    kernel('transposed', ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const x = input('x', f32, [D, T])
      output('y', f32, [T, D], (t, d) => x(d, t))
    }),
    'x 1 · y 4',
  ],
  [
    'rows whose length is not a multiple of 4',
    kernel('odd', ({ size, input, output }) => {
      const T = size('T')
      const x = input('x', f32, [T, 6])
      output('y', f32, [T, 4], (t, d) => x(t, d))
    }),
    'x 1 · y 4',
  ],
  [
    'the same column for every lane',
    kernel('first', ({ size, input, output }) => {
      const T = size('T')
      const D = size('D')
      const x = input('x', f32, [T, D])
      output('y', f32, [T, D], (t, d) => x(t, d).sub(x(t, 0)))
    }),
    'x 4 · y 4',
  ],
  [
    'four f16 are two words, and four i8 are one',
    kernel('packed', ({ size, input, output }) => {
      const D = size('D')
      const x = input('x', f16, [D])
      output('y', i8, [D], d => x(d).round())
    }),
    'x 2 · y 1',
  ],
])('lanes of x and y for %s', (_, one, expected) => {
  const assumed = one.sizes.some(s => s.name === 'D') ? ' predicate(d=assume)' : ''
  expect(declared(one, `vectorize(d=4)${assumed}`)).toBe(expected)
})

test.each([
  ['16 bytes in, 8 out', 'vectorize(d=8) predicate(d=assume)', 'x 4 · y 2'],
  ['16 bytes each, the input in two accesses', 'vectorize(d=16) predicate(d=assume)', 'x 4 · y 4'],
  ['two f16 are one word', 'vectorize(d=4,access=1) predicate(d=assume)', 'x 1 · y 1'],
  ['rows that may end inside a vector are accessed word by word', 'vectorize(d=8)', 'x 1 · y 1'],
])('narrow elements: %s', (_, steps, expected) => {
  const narrow = kernel('narrow', ({ size, input, output }) => {
    const D = size('D')
    const x = input('x', f16, [D])
    output('y', i8, [D], d => x(d).round())
  })
  expect(declared(narrow, steps)).toBe(expected)
})
