/** What an editor says about a kernel file: `tsc` checks each line behind `@ts-expect-error`. */
import { expect, test } from 'vitest'
import { f32, i8, kernel, max, type SourceKernel } from '../../src/source/index.ts'

/** Never called: only its types count. */
export const wrong = (): SourceKernel =>
  kernel('wrong', ({ size, input, output }) => {
    const T = size('T')
    const D = size('D', { multipleOf: 32 })
    const x = input('x', f32, [T, D])
    // @ts-expect-error: a type has no text.
    input('y', 'f32', [T])
    // @ts-expect-error: x has two dimensions.
    output('a', f32, [T], t => x(t))
    // @ts-expect-error: there is one index.
    output('b', f32, [T], (t, d) => x(t, d))
    // @ts-expect-error: a comparison is no number.
    output('c', i8, [T], t => x(t, 0) < 1)
    // @ts-expect-error: a tensor is no number.
    output('d', f32, [T], t => x + t)
    // @ts-expect-error: the reduction runs over one axis.
    output('e', f32, [T], t => max(D, (d, e) => x(t, d + e)))
    // @ts-expect-error: such a fact does not exist.
    size('S', { atLeast: 2 })
  })

test('what is right has no type errors, and runs', () => {
  const right = kernel('right', ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const x = input('x', f32, [T, D])
    output('y', f32, { t: T }, t => max([D], d => x(t as number, d)) / D)
  })
  expect(right.run({ x: [[1, 4]] }).y?.data).toEqual(Float64Array.of(2))
})
