/** Reductions of two stages that become one when the stages are fused, and those that must not. */
import { f32, interpretKernel, interpretNest, type Kernel, kernel, max, min, sum, type Tensor } from '@qernel/dsl'
import { expect, test } from 'vitest'
import { applySchedule, nestText, parseSteps } from '../../src/index.ts'

/** Two results per row, of x [T, D]. */
const twoStages = (name: string, second: 'same' | 'other end' | 'other values' | 'a part') =>
  kernel(name, ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const x = input('x', f32, [T, D])
    output('low', f32, { t: T }, t => min({ d: D }, d => x(t, d)))
    output('range', f32, { t: T }, t =>
      max({ d: D }, d => x(t, d)).sub(
        second === 'same'
          ? min({ d: D }, d => x(t, d))
          : second === 'other end'
            ? max({ d: D }, d => x(t, d).neg())
            : second === 'other values'
              ? min({ d: D }, d => x(t, d).abs())
              : min({ d: 3 }, d => x(t, d)),
      ),
    )
  })

const fused = (of: Kernel) => applySchedule(of, parseSteps('fuse(producer=low,consumer=range)')).nest

function results(of: Kernel): void {
  const data = Float32Array.from({ length: 5 * 7 }, (_, i) => ((i * 37) % 19) - 7)
  const inputs = new Map<string, Tensor>([['x', { type: f32, shape: [5, 7], data }]])
  const actual = interpretNest(fused(of), inputs)
  for (const [name, { data: expected }] of interpretKernel(of, inputs)) expect(actual.get(name)?.data).toEqual(expected)
}

test('fused stages compute the minimum of a row once', () => {
  const of = twoStages('ranges', 'same')
  expect(nestText(fused(of))).toMatchInlineSnapshot(`
    "serial t in T
      register low_min: f32[]
      register range_max: f32[]
      low_min[] = Infinity
      serial d in D (reduce)
        low_min[] = min(low_min[], x[t, d])
      low[t] = low_min
      range_max[] = -Infinity
      serial d in D (reduce)
        range_max[] = max(range_max[], x[t, d])
      range[t] = (range_max − low_min)"
  `)
  results(of)
})

test.each(['other end', 'other values', 'a part'] as const)('reductions with %s are not shared', second => {
  const of = twoStages('ranges', second)
  expect(nestText(fused(of)).match(/= (min|max)\(/g)).toHaveLength(3)
  results(of)
})

test('equal sums are shared, but sums of a value of the earlier stage are not', () => {
  const of = kernel('deviations', ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const x = input('x', f32, [T, D])
    const mean = output('low', f32, { t: T }, t => sum({ d: D }, d => x(t, d)))
    output('range', f32, { t: T }, t =>
      sum({ d: D }, d => x(t, d))
        .add(sum({ d: D }, d => x(t, d).sub(mean(t))))
        .add(sum({ d: D }, d => x(t, d).sub(mean(t)))),
    )
  })
  const text = nestText(fused(of))
  expect(text).toMatchInlineSnapshot(`
    "serial t in T
      register low_sum: f32[]
      register range_sum_2: f32[]
      register range_sum_3: f32[]
      register low_kept: f32[]
      low_sum[] = 0
      serial d in D (reduce)
        low_sum[] += x[t, d]
      low_kept[] = low_sum
      low[t] = low_kept
      range_sum_2[] = 0
      range_sum_3[] = 0
      serial d in D (reduce)
        range_sum_2[] += (x[t, d] − low_kept)
        range_sum_3[] += (x[t, d] − low_kept)
      range[t] = ((low_sum + range_sum_2) + range_sum_3)"
  `)
  results(of)
})
