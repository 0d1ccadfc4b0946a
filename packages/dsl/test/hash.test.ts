import { expect, test } from 'vitest'
import { f16, f32, kernel, kernelHash, max, type StorageType } from '../src/index.ts'

const scaled = (by: number, type: StorageType = f32, name = 'scaled') =>
  kernel(name, ({ size, input, output }) => {
    const D = size('D')
    const x = input('x', type, [D])
    output('y', f32, [D], d => x(d).mul(by))
  })

test('the hash depends only on the definition, so it is the same in every process', () => {
  expect(kernelHash(scaled(2))).toBe('8e9e928a836281a8')
  expect(kernelHash(scaled(2))).toBe(kernelHash(scaled(2)))
})

test('the hash changes with the meaning of the kernel', () => {
  const different = [
    scaled(2),
    scaled(3),
    scaled(0),
    scaled(-0),
    scaled(Number.NaN),
    scaled(Number.POSITIVE_INFINITY),
    scaled(2, f16),
    scaled(2, f32, 'other'),
    kernel('scaled', ({ size, input, output }) => {
      const D = size('D', { multipleOf: 4 })
      const x = input('x', f32, [D])
      output('y', f32, [D], d => x(d).mul(2))
    }),
  ]
  expect(new Set(different.map(kernelHash)).size).toBe(different.length)
})

test('the hash does not change with the summary', () => {
  const described = { ...scaled(2), summary: 'y = 2 x' }
  expect(kernelHash(described)).toBe(kernelHash(scaled(2)))
})

test('the hash tells a bound of -Infinity from a bound of NaN', () => {
  const largest = (least: number) =>
    kernel('largest', ({ size, input, output }) => {
      const D = size('D')
      const x = input('x', f32, [D])
      output('y', f32, [1], () => max(D, d => x(d).max(least)))
    })
  expect(kernelHash(largest(Number.NEGATIVE_INFINITY))).not.toBe(kernelHash(largest(Number.NaN)))
})
