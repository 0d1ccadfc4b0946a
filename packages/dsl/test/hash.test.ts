import { expect, test } from 'vitest'
import { f16, f32, kernel, kernelHash, max, type StorageType } from '../src/index.ts'

const scaled = (by: number, type: StorageType = f32, name = 'scaled') =>
  kernel(name, ({ size, input, output }) => {
    const D = size('D')
    const x = input('x', type, [D])
    output('y', f32, [D], d => x(d).mul(by))
  })

test('the hash is that of the definition: the same in every process and after every build', () => {
  expect(kernelHash(scaled(2))).toBe('8e9e928a836281a8')
  expect(kernelHash(scaled(2))).toBe(kernelHash(scaled(2)))
})

test('whatever changes the meaning changes the hash', () => {
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

test('what is said about it is no part of it', () => {
  const described = { ...scaled(2), summary: 'y = 2 x' }
  expect(kernelHash(described)).toBe(kernelHash(scaled(2)))
})

test('infinite identities of reductions are part of it', () => {
  const largest = (least: number) =>
    kernel('largest', ({ size, input, output }) => {
      const D = size('D')
      const x = input('x', f32, [D])
      output('y', f32, [1], () => max(D, d => x(d).max(least)))
    })
  expect(kernelHash(largest(Number.NEGATIVE_INFINITY))).not.toBe(kernelHash(largest(Number.NaN)))
})
