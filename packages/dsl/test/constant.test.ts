import {
  constant,
  DefinitionError,
  f32,
  field,
  interpretKernel,
  type KernelBuilder,
  kernel,
  parseKernel,
  serializeKernel,
  sum,
  u32,
} from '@qernel/dsl'
import { expect, test } from 'vitest'

test('constant makes a number the left operand', () => {
  const inverse = kernel('inverse', ({ size, input, output }) => {
    const N = size('N')
    const x = input('x', f32, [N])
    output('y', f32, [N], n => constant(2).div(x(n)))
    output('bits', u32, [N], () => constant(7, 'u32').shiftLeft(1))
  })
  const x = { type: f32, shape: [3], data: Float32Array.of(4, 3, 0) }
  const outputs = interpretKernel(inverse, new Map([['x', x]]))
  expect([...(outputs.get('y')?.data ?? [])]).toEqual([0.5, Math.fround(2 / 3), Number.POSITIVE_INFINITY])
  expect([...(outputs.get('bits')?.data ?? [])]).toEqual([14, 14, 14])
})

test.each([
  [0.5, 'i32'],
  [-1, 'u32'],
  [2 ** 32, 'u32'],
] as const)('refuses %s as a constant of type %s', (value, type) => {
  expect(() => constant(value, type)).toThrow(DefinitionError)
})

test.each([
  [1e-50, 'the number 1e-50 is too small for f32, where it would be 0; the smallest is 1.401298464324817e-45'],
  [1e39, 'the number 1e+39 is beyond f32; the nearest is 3.4028234663852886e+38, and an infinity is written Infinity'],
  [
    -1e300,
    'the number -1e+300 is beyond f32; the nearest is -3.4028234663852886e+38, and an infinity is written -Infinity',
  ],
])('refuses %s wherever a number may be written', (value, message) => {
  const written = (output: (builder: KernelBuilder) => void) => () => kernel('k', output)
  const row = ({ size, input }: KernelBuilder) => input('x', f32, [size('N')])
  expect(() => constant(value)).toThrow(message)
  for (const one of [
    written(b => void b.output('y', f32, { n: b.size('N') }, () => value)),
    written(b => {
      const x = row(b)
      b.output('y', f32, { n: 4 }, n => x(n).mul(value))
    }),
    written(b => {
      const x = row(b)
      b.output('y', f32, { n: 4 }, n => x(n).lt(0).select(value, x(n)))
    }),
    written(b => void b.output('y', f32, { n: 4 }, () => sum(3, () => value))),
    written(b => void b.outputRecord('r', { n: 4 }, { d: field(f32, () => value) })),
  ])
    expect(one).toThrow(message)
})

test('accepts infinities and numbers that round to a finite f32', () => {
  expect(constant(3.40282351e38).expr).toMatchObject({ value: Math.fround(3.4028234663852886e38) })
  expect(constant(Number.NEGATIVE_INFINITY).expr).toMatchObject({ value: Number.NEGATIVE_INFINITY })
})

test('refuses serialized numbers that are not f32 values', () => {
  const one = kernel('one', ({ output }) => void output('y', f32, { n: 4 }, () => 0.5))
  const text = serializeKernel(one)
  expect(() => parseKernel(text.replace('"0.5"', '"0.1"').replace(':0.5', ':0.1'))).toThrow('is no number of f32')
})
