import { expect, test } from 'vitest'
import { halved } from './halved.kernel.ts'

test('a kernel with ordinary operators runs as plain TypeScript', () => {
  const { scale, q } = halved.run({
    x: [
      [1, -2, 0.5],
      [0, 254, 1],
    ],
  })
  expect(scale).toEqual({ shape: [2], data: Float64Array.of(2 / 127, 2) })
  expect(q?.data).toEqual(Float64Array.of(32, -64, 16, 0, 64, 0))
})
