/** Reductions in the branches of selects: if a branch is not taken, its loads may be out of bounds and must not run. */
import { f32, interpretKernel, interpretNest, type Kernel, kernel, max, select, sum } from '@qernel/dsl'
import { expect, test } from 'vitest'
import { applySchedule, findSchedule, nestText } from '../../src/index.ts'
import { defaultNest } from '../../src/internal.ts'
import { randomInputs } from '../random-inputs.ts'

/** The largest element of the row above; 0 in the first row. */
const above = kernel('above', ({ size, input, output }) => {
  const [T, K] = [size('T'), size('K')]
  const x = input('x', f32, [T, K])
  output('y', f32, [T], t =>
    select(
      t.value().gt(0),
      max(K, k => x(t.add(-1), k)),
      0,
    ),
  )
})

/** Reads past the last row, possibly with no rows at all: a nested reduction, and a condition that is itself a reduction. */
const longer = kernel('longer', ({ size, input, output }) => {
  const [M, T, K] = [size('M'), size('T'), size('K')]
  const x = input('x', f32, [T, K])
  output('y', f32, [M], m => {
    const deviation = (row: typeof m) => {
      const low = max(K, k => x(row, k))
      return sum(K, k => x(row, k).sub(low))
    }
    const inside = select(m.value().lt(T.value()), deviation(m), 7)
    return select(
      sum(K, k => k.value().toF32()).gt(2),
      select(m.value().add(1).lt(T.value()), deviation(m.add(1)), inside),
      3,
    )
  })
})

/** A reduction that is used in both branches, each under its own condition. */
const either = kernel('either', ({ size, input, output }) => {
  const [T, K] = [size('T'), size('K')]
  const x = input('x', f32, [T, K])
  output('y', f32, [T], t => {
    const before = max(K, k => x(t.add(-2), k))
    return select(t.value().gt(2), before, select(t.value().eq(2), before.mul(3), -1))
  })
})

/** Each of two reductions decides whether the other is used, so neither can wait for the other. */
const crossed = kernel('crossed', ({ size, input, output }) => {
  const [T, K] = [size('T'), size('K')]
  const x = input('x', f32, [T, K])
  output('y', f32, [T], t => {
    const own = max(K, k => x(t, k))
    const before = sum(K, k => select(t.value().gt(0), x(t.add(-1), k), 0))
    const first = select(own.gt(0), before, 1)
    return select(t.value().gt(1), first, select(before.gt(0), own, 2))
  })
})

test.each([above, longer, either, crossed].map(each => [each.name, each] as const))(
  '%s keeps its meaning, even without rows or columns',
  (_, subject: Kernel) => {
    const nests = [
      defaultNest(subject),
      applySchedule(subject, findSchedule('naive')?.steps({ kernel: subject }) ?? []).nest,
    ]
    for (const nest of nests)
      for (const T of [0, 1, 4])
        for (const K of [0, 3]) {
          const sizes = new Map([['T', T], ['K', K], ['M', 6]].filter(([name]) => subject.sizes.some(s => s.name === name)) as [string, number][]) // biome-ignore format: a table
          const inputs = randomInputs(subject, sizes, T)
          expect(interpretNest(nest, inputs, sizes)).toEqual(interpretKernel(subject, inputs, sizes))
        }
  },
)

test('the condition becomes part of the reduction', () => {
  expect(`${nestText(defaultNest(above))}\n`).toMatchInlineSnapshot(`
    "serial t in T
      register y_max: f32[]
      y_max[] = -Infinity
      serial k in K (reduce)
        y_max[] = max(y_max[], select((t > 0), x[t + -1, k], -Infinity))
      y[t] = select((t > 0), y_max, 0)
    "
  `)
})

test('a reduction whose loads stay in bounds gets no condition', () => {
  const scaled = kernel('scaled', ({ size, input, output }) => {
    const [T, K] = [size('T'), size('K')]
    const x = input('x', f32, [T, K])
    output('y', f32, [T], t => {
      const largest = max(K, k => x(t, k))
      return select(t.value().gt(0), largest, 0)
    })
  })
  expect(nestText(defaultNest(scaled)).split('\n').filter(line => line.includes('select'))).toHaveLength(1) // biome-ignore format: one line
})
