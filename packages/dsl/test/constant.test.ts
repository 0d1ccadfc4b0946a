import { constant, DefinitionError, f32, interpretKernel, kernel, u32 } from '@qernel/dsl'
import { expect, test } from 'vitest'

test('a number on the left', () => {
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
] as const)('%s is no constant of type %s', (value, type) => {
  expect(() => constant(value, type)).toThrow(DefinitionError)
})
