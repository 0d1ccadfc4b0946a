import { describe, expect, test } from 'vitest'
import { f32, InputError, i8, kernel, type Tensor } from '../src/index.ts'
import { bindSizes } from '../src/internal.ts'
import { tensor } from './tensors.ts'

const quantize = kernel('quantize', ({ size, input, output }) => {
  const T = size('T')
  const D = size('D', { multipleOf: 4, atMost: 64 })
  const x = input('x', f32, [T, D])
  const scale = input('scale', f32, [D.groups(4).count])
  output('q', i8, [T, D.groups(4)], (t, d) => x(t, d).div(scale(d.group)).round())
})

const zeros = (...shape: number[]): Tensor => tensor(f32, Array(shape.reduce((a, b) => a * b, 1)).fill(0), shape)
const bind = (inputs: Readonly<Record<string, Tensor>>, sizes: Readonly<Record<string, number>> = {}) =>
  bindSizes(quantize, new Map(Object.entries(inputs)), new Map(Object.entries(sizes)))

test('sizes come from the shapes of the inputs', () => {
  expect([...bind({ x: zeros(3, 8), scale: zeros(2) })]).toEqual([
    ['T', 3],
    ['D', 8],
  ])
  expect([...bind({ x: zeros(0, 0), scale: zeros(0) }, { T: 0 })]).toEqual([
    ['T', 0],
    ['D', 0],
  ])
})

describe('refuses', () => {
  test.each<[string, Parameters<typeof bind>, string]>([
    ['a missing input', [{ x: zeros(3, 8) }], 'quantize: input scale (f32, [D/4]) is missing'],
    [
      'an unknown input',
      [{ x: zeros(3, 8), scale: zeros(2), y: zeros(1) }],
      'quantize has no input y; its inputs are x, scale',
    ],
    [
      'an input of the wrong type',
      [{ x: tensor(i8, [1], [1, 1]), scale: zeros(1) }],
      'quantize: input x is i8; f32 is expected',
    ],
    [
      'an input of the wrong rank',
      [{ x: zeros(8), scale: zeros(2) }],
      'quantize: input x has rank 1 (8); rank 2, [T, D], is expected',
    ],
    [
      'data that do not fit the shape',
      [{ x: { ...zeros(3, 8), shape: [3, 9] }, scale: zeros(2) }],
      'quantize: input x has 24 elements; its shape 3 × 9 needs 27',
    ],
    [
      'a derived dimension of the wrong length',
      [{ x: zeros(3, 8), scale: zeros(3) }],
      'quantize: axis 0 of scale has 3 elements; D/4 = 2 is expected',
    ],
    [
      'a size that contradicts the inputs',
      [{ x: zeros(3, 8), scale: zeros(2) }, { D: 12 }],
      'quantize: size D is 12 by the sizes given but 8 by axis 1 of x',
    ],
    ['an unknown size', [{ x: zeros(3, 8), scale: zeros(2) }, { N: 1 }], 'quantize has no size N; its sizes are T, D'],
    [
      'a size that is not a whole number of at least 0',
      [{ x: zeros(3, 8), scale: zeros(2) }, { T: -1 }],
      'quantize: size T is -1; a whole number from 0 to 2147483647 is expected',
    ],
    [
      'a size that is not the declared multiple',
      [{ x: zeros(3, 10), scale: zeros(3) }],
      'quantize: size D is 10, but the kernel declares it a multiple of 4; the nearest are 8 and 12',
    ],
    [
      'a size above the declared bound',
      [{ x: zeros(1, 128), scale: zeros(32) }],
      'quantize: size D is 128, but the kernel declares it at most 64',
    ],
  ])('%s', (_, given, message) => {
    expect(() => bind(...given)).toThrow(new InputError(message))
  })

  test('a size of which inputs have only groups', () => {
    const make = (multipleOf: number) =>
      kernel('spread', ({ size, input, output }) => {
        const D = size('D', { multipleOf })
        const scale = input('scale', f32, [D.groups(4).count])
        output('y', f32, { d: D.groups(4) }, d => scale(d.group))
      })
    expect([...bindSizes(make(8), new Map([['scale', zeros(6)]]))]).toEqual([['D', 24]])
    expect(() => bindSizes(make(1), new Map([['scale', zeros(6)]]))).toThrow(
      new InputError(
        'spread: no input determines size D; give it a value from 21 to 24, since axis 0 of scale has 6 groups of 4',
      ),
    )
    expect([...bindSizes(make(1), new Map([['scale', zeros(6)]]), new Map([['D', 22]]))]).toEqual([['D', 22]])
  })

  test('a size that no shape determines, unless it is given', () => {
    const fill = kernel('fill', ({ size, output }) => {
      const N = size('N')
      output('y', f32, [N], () => 1)
    })
    expect(() => bindSizes(fill, new Map())).toThrow(
      new InputError('fill: no input determines size N; give it a value'),
    )
    expect([...bindSizes(fill, new Map(), new Map([['N', 3]]))]).toEqual([['N', 3]])
  })
})
