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

test('sizes are read off the shapes of the inputs', () => {
  expect([...bind({ x: zeros(3, 8), scale: zeros(2) })]).toEqual([
    ['T', 3],
    ['D', 8],
  ])
  expect([...bind({ x: zeros(0, 0), scale: zeros(0) }, { T: 0 })]).toEqual([
    ['T', 0],
    ['D', 0],
  ])
})

describe('inputs that do not fit are named', () => {
  test.each<[string, Parameters<typeof bind>, string]>([
    ['missing', [{ x: zeros(3, 8) }], 'quantize: input scale (f32, [D/4]) is missing'],
    ['unknown', [{ x: zeros(3, 8), scale: zeros(2), y: zeros(1) }], 'quantize has no input y; its inputs are x, scale'],
    ['type', [{ x: tensor(i8, [1], [1, 1]), scale: zeros(1) }], 'quantize: input x is i8; f32 is expected'],
    ['rank', [{ x: zeros(8), scale: zeros(2) }], 'quantize: input x has rank 1 (8); rank 2, [T, D], is expected'],
    [
      'length of the data',
      [{ x: { ...zeros(3, 8), shape: [3, 9] }, scale: zeros(2) }],
      'quantize: input x has 24 elements; its shape 3 × 9 needs 27',
    ],
    [
      'a derived extent',
      [{ x: zeros(3, 8), scale: zeros(3) }],
      'quantize: axis 0 of scale has 3 elements; D/4 = 2 is expected',
    ],
    [
      'a size given twice',
      [{ x: zeros(3, 8), scale: zeros(2) }, { D: 12 }],
      'quantize: size D is 12 by the sizes given but 8 by axis 1 of x',
    ],
    ['a size unknown', [{ x: zeros(3, 8), scale: zeros(2) }, { N: 1 }], 'quantize has no size N; its sizes are T, D'],
    [
      'a size that is none',
      [{ x: zeros(3, 8), scale: zeros(2) }, { T: -1 }],
      'quantize: size T is -1; a whole number from 0 to 2147483647 is expected',
    ],
    [
      'a multiple',
      [{ x: zeros(3, 10), scale: zeros(3) }],
      'quantize: size D is 10, but the kernel declares it a multiple of 4; the nearest are 8 and 12',
    ],
    [
      'a bound',
      [{ x: zeros(1, 128), scale: zeros(32) }],
      'quantize: size D is 128, but the kernel declares it at most 64',
    ],
  ])('%s', (_, given, message) => {
    expect(() => bind(...given)).toThrow(new InputError(message))
  })

  test('a size that no shape determines', () => {
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
