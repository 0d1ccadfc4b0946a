/** Axes are named by keys, `{ t: T }`, or by the parameters of a function, which a minifier renames. */
import { describe, expect, test } from 'vitest'
import { abs, argmax, DefinitionError, f32, i8, type Kernel, kernel, kernelHash, max, sum, u8 } from '../src/index.ts'

const byParameters = kernel('k', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const groups = D.groups(8)
  const x = input('x', f32, [T, D])
  const scale = output('scale', f32, [T, groups.count], (t, g) => max(groups.at(g), e => abs(x(t, e))))
  output('q', i8, [T, groups], (t, d) => x(t, d).div(scale(t, d.group)).round())
  output('total', f32, [2], half => sum([T, D], (t, d) => x(t.add(half), d)))
  output('first', u8, [T], t => argmax(D, d => x(t, d)))
})

const byKeys = kernel('k', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D')
  const groups = D.groups(8)
  const x = input('x', f32, [T, D])
  const scale = output('scale', f32, { t: T, g: groups.count }, (a, b) => max({ e: groups.at(b) }, c => abs(x(a, c))))
  output('q', i8, { t: T, d: groups }, (a, b) => x(a, b).div(scale(a, b.group)).round())
  output('total', f32, { half: 2 }, a => sum({ t: T, d: D }, (b, c) => x(b.add(a), c)))
  output('first', u8, { t: T }, a => argmax({ d: D }, b => x(a, b)))
})

test('keys and parameters define the same kernel', () => {
  expect(byKeys).toEqual(byParameters)
  expect(kernelHash(byKeys)).toBe(kernelHash(byParameters))
})

test('a key takes precedence over the name of a parameter', () => {
  const { stages } = kernel('k', ({ size, input, output }) => {
    const x = input('x', f32, [size('T')])
    output('y', f32, { token: 4 }, t => x(t))
  })
  expect(stages[0]?.axes.map(({ name }) => name)).toEqual(['token'])
})

describe('refuses', () => {
  const defining = (define: Parameters<typeof kernel>[1]) => (): Kernel => kernel('k', define)
  test.each([
    [
      'a name that schedules use themselves',
      defining(({ output }) => void output('y', f32, { stage: 4 }, () => 1)),
      "kernel k, stage y: the index name 'stage' is reserved",
    ],
    [
      'an index name that is not an identifier',
      defining(({ output }) => void output('y', f32, { 'a b': 4 }, () => 1)),
      "kernel k, stage y: the index name 'a b' is not a letter followed by letters, digits and _ (63 at most)",
    ],
    [
      'more indices than keys',
      defining(({ output }) => void output('y', f32, { t: 4 }, (t, d) => t.add(d).value().toF32())),
      'kernel k, stage y: its function takes 2 indices, but the tensor has 1 dimension',
    ],
    [
      'an argmax over two axes',
      defining(({ input, output }) => {
        const x = input('x', f32, [4, 4])
        output('y', u8, { i: 1 }, () => argmax({ t: 4, d: 4 }, t => x(t, 0)))
      }),
      'kernel k, stage y: argmax runs over one axis, but 2 are named',
    ],
  ])('%s', (_, define, message) => {
    expect(define).toThrow(DefinitionError)
    expect(define).toThrow(message)
  })
})
