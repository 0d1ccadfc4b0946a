import { randomNumbers } from '@qernel/dsl/internal'
import { expect, test } from 'vitest'
import { fitForest } from '../../src/strategy/regression-forest.ts'

test('a forest learns a product of two features, and doubts most where it has seen least', () => {
  const random = randomNumbers(1)
  const rows = Array.from({ length: 300 }, () => [Math.floor(random() * 8), Math.floor(random() * 8), 7])
  const predict = fitForest(
    rows,
    rows.map(([x, y]) => (x as number) * (y as number)),
    random,
  )
  const errors = rows.map(row => Math.abs(predict(row).mean - (row[0] as number) * (row[1] as number)))
  expect(errors.reduce((sum, error) => sum + error, 0) / rows.length).toBeLessThan(1)
  const few = fitForest(rows.slice(0, 4), [0, 10, 20, 30], random)
  expect(few(rows[0] as number[]).deviation).toBeGreaterThan(1)
})

test('a forest of equal values predicts them without doubt', () => {
  const predict = fitForest([[1], [2], [3]], [5, 5, 5], randomNumbers(1))
  expect(predict([9])).toEqual({ mean: 5, deviation: 0 })
})
