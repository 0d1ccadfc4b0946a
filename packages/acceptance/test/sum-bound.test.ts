/** Sums with terms that are zeros, as those of an attention that nothing takes part in. */
import { describe, expect, test } from 'vitest'
import { asSeveral, bitOf, rangeOf } from '../src/possible.ts'
import { OpenSum } from '../src/sum-bound.ts'

const uncertain = bitOf('order of a sum')
/** Of either sign, as a product of zero with a number of either sign. */
const zero = rangeOf(-0, 0, false, uncertain)
const some = rangeOf(1, 2, false, uncertain)
const infinite = rangeOf(1, Infinity, false, uncertain)
const tiny = rangeOf(-(2 ** -100), 2 ** -100, false, uncertain)

const sumOf = (fused: boolean, add: (sum: OpenSum) => void) => {
  const sum = new OpenSum({ flushes: false, fused })
  add(sum)
  return sum.total()
}

describe('a fused sum', () => {
  test('of products with a zero is exactly zero, however uncertain both factors are', () => {
    const total = sumOf(true, sum => {
      sum.addProduct(zero, [zero, some])
      sum.addProduct(zero, [some, zero])
      sum.addProduct(0, [0, some])
    })
    expect(total).toBe(0)
  })

  test('keeps the bound of the other products', () => {
    const add = (sum: OpenSum) => sum.addProduct(some, [some, 1])
    const withZeros = sumOf(true, sum => {
      sum.addProduct(zero, [zero, some])
      add(sum)
    })
    expect(withZeros).toEqual(sumOf(true, add))
  })

  test('takes a zero times an infinity for what it may be: no number', () => {
    const product = rangeOf(0, 0, true, uncertain)
    expect(asSeveral(sumOf(true, sum => sum.addProduct(product, [zero, infinite]))).hasNaN).toBe(true)
  })

  test('takes a product that is rounded to zero for one that is not zero', () => {
    const { low, high } = asSeveral(sumOf(true, sum => sum.addProduct(zero, [tiny, tiny])))
    expect([low < 0, high > 0]).toEqual([true, true])
  })
})

test('a sum of zeros is exactly zero, however uncertain they are', () => {
  expect(
    sumOf(false, sum => {
      for (let i = 0; i < 3; i++) sum.add(zero)
    }),
  ).toBe(0)
})
