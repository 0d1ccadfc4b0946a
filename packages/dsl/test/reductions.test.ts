import { describe, expect, test } from 'vitest'
import {
  abs,
  argmax,
  argmin,
  dot,
  f32,
  type Index,
  i8,
  i32,
  kernel,
  max,
  min,
  type SizeHandle,
  sum,
  u8,
} from '../src/index.ts'
import type { Value } from '../src/language/value.ts'
import { fusedMultiplyAdd } from '../src/numbers/rounding.ts'
import { run, tensor } from './tensors.ts'

const { NaN: nan, POSITIVE_INFINITY: inf } = Number

/** One result per row of x [T, D]. */
function reduceRows(
  reduce: (D: SizeHandle, x: (d: Index) => Value) => Value,
  values: readonly number[][],
  type = f32,
): number[] {
  const k = kernel('rows', ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const x = input('x', f32, [T, D])
    output('y', type, [T], t => reduce(D, d => x(t, d)))
  })
  return run(k, { x: tensor(f32, values.flat(), [values.length, values[0]?.length ?? 0]) }, 'y')
}

describe('one axis', () => {
  test('max and min ignore NaN, and −0 is less than 0', () => {
    const rows = [
      [1, nan, 3],
      [-0, 0, -0],
      [nan, -inf, nan],
      [nan, nan, nan],
    ]
    expect(reduceRows((D, x) => max(D, d => x(d)), rows)).toEqual([3, 0, -inf, -inf])
    expect(reduceRows((D, x) => min(D, d => x(d)), rows)).toEqual([1, -0, -inf, inf])
  })

  test('the maximum of values that cannot be negative starts at 0, so it is finite even for a row of NaN', () => {
    expect(
      reduceRows(
        (D, x) => max(D, d => abs(x(d))),
        [
          [nan, nan],
          [-2, nan],
        ],
      ),
    ).toEqual([0, 2])
    expect(reduceRows((D, x) => max(D, d => abs(x(d))), [[]])).toEqual([0])
  })

  test('sum adds in order and rounds after each addition', () => {
    const row = [2 ** 24, 1, 1, -(2 ** 24)]
    expect(reduceRows((D, x) => sum(D, d => x(d)), [row, row.toReversed()])).toEqual([0, 2])
    expect(reduceRows((D, x) => sum(D, d => x(d)), [[-0, -0]])).toEqual([0])
    expect(reduceRows((D, x) => sum(D, d => x(d)), [[inf, -inf]])).toEqual([nan])
  })

  test('argmax and argmin give the lowest index on ties, ignore NaN, and give 0 if every value is NaN', () => {
    const rows = [
      [1, 3, 3, nan],
      [nan, nan, nan, nan],
      [nan, -inf, nan, -inf],
      [0, -0, 0, -0],
    ]
    expect(reduceRows((D, x) => argmax(D, d => x(d)), rows, i32)).toEqual([1, 0, 1, 0])
    expect(reduceRows((D, x) => argmin(D, d => x(d)), rows, i32)).toEqual([0, 0, 1, 0])
  })

  test('the axis may be a constant length', () => {
    const k = kernel('k', ({ output }) => void output('y', i32, [2], i => sum(3, j => j.value().mul(i.value()))))
    expect(run(k, {}, 'y')).toEqual([0, 3])
  })
})

test('a reduction over several axes runs in row-major order', () => {
  const k = kernel('k', ({ size, input, output }) => {
    const T = size('T')
    const D = size('D')
    const x = input('x', f32, [T, D])
    output('y', f32, [1], () => sum([T, D], (t, d) => x(t, d)))
  })
  // In column-major order the ones would be added before they can be lost.
  expect(run(k, { x: tensor(f32, [2 ** 24, 1, -(2 ** 24), 1], [2, 2]) }, 'y')).toEqual([1])
})

test('a reduction may use the result of another one in the same stage', () => {
  const variance = (D: SizeHandle, x: (d: Index) => Value) => {
    const count = D.value().toF32()
    const mean = sum(D, d => x(d)).div(count)
    return sum(D, d => x(d).sub(mean).mul(x(d).sub(mean))).div(count)
  }
  expect(reduceRows(variance, [[1, 2, 3, 4, 5]])).toEqual([2])
})

describe('groups', () => {
  /** The largest magnitude of each group of 32, and each element divided by that of its own group. */
  const grouped = kernel('grouped', ({ size, input, output }) => {
    const D = size('D')
    const groups = D.groups(32)
    const x = input('x', f32, [D])
    const scale = output('scale', f32, [groups.count], g => max(groups.at(g), e => abs(x(e))))
    output('y', f32, [groups], d => x(d).div(scale(d.group)))
  })

  test.each([0, 1, 31, 32, 33, 64, 70])('each element uses the scale of its own group of 32, for D = %i', D => {
    const x = Float32Array.from({ length: D }, (_, d) => ((d * 37) % 101) - 50.5)
    const scale = Array.from({ length: Math.ceil(D / 32) }, (_, g) =>
      Math.max(...x.slice(32 * g, 32 * g + 32).map(Math.abs)),
    )
    const inputs = { x: tensor(f32, [...x]) }
    expect(run(grouped, inputs, 'scale')).toEqual(scale)
    expect(run(grouped, inputs, 'y')).toEqual([...x].map((v, d) => Math.fround(v / (scale[d >> 5] as number))))
  })

  test('two reductions over the group of an outer reduction belong inside it', () => {
    // They were once treated as independent of the outer reduction, since only the guard of the ragged end names the group.
    const lengths = kernel('lengths', ({ size, input, output }) => {
      const D = size('D')
      const groups = D.groups(4)
      input('x', f32, [D])
      output('squares', f32, [1], () =>
        sum(groups.count, g => sum(groups.at(g), () => 1).mul(sum(groups.at(g), () => 1))),
      )
    })
    expect(run(lengths, { x: tensor(f32, Array(10).fill(0)) }, 'squares')).toEqual([16 + 16 + 4])
  })

  test('the elements of a fixed group end with the axis', () => {
    // The index of group 0 has one variable; the guard of the axis is not the extent of the group.
    const first = kernel('first', ({ size, input, output }) => {
      const D = size('D')
      const groups = D.groups(32)
      const x = input('x', f32, [D])
      output('y', f32, [groups.count], g => max(groups.at(g.mul(0)), e => abs(x(e))))
    })
    expect(run(first, { x: tensor(f32, [1, -5, 2]) }, 'y')).toEqual([5])
  })

  test('argmax over a group gives the index along the axis', () => {
    const k = kernel('k', ({ size, input, output }) => {
      const D = size('D')
      const groups = D.groups(2)
      const x = input('x', f32, [D])
      output('y', u8, [groups.count], g => argmax(groups.at(g), e => x(e)))
    })
    expect(run(k, { x: tensor(f32, [1, 2, 4, 3, 5]) }, 'y')).toEqual([1, 2, 4])
  })
})

describe('stages', () => {
  test('later stages read a temporary, and it is returned with the results', () => {
    const k = kernel('k', ({ size, input, temporary, output }) => {
      const D = size('D')
      const x = input('x', f32, [D])
      const doubled = temporary('doubled', f32, [D], d => x(d).mul(2))
      output('y', f32, [D], d => doubled(d).add(1))
    })
    const inputs = { x: tensor(f32, [1, 2]) }
    expect(run(k, inputs, 'doubled')).toEqual([2, 4])
    expect(run(k, inputs, 'y')).toEqual([3, 5])
  })

  test('a stage that reads a narrow tensor sees the stored values', () => {
    const k = kernel('k', ({ size, input, output }) => {
      const D = size('D')
      const x = input('x', f32, [D])
      const q = output('q', i8, [D], d => x(d).round())
      output('y', f32, [D], d => q(d).toF32())
    })
    expect(run(k, { x: tensor(f32, [300, -0.4, 1.5]) }, 'y')).toEqual([127, 0, 2])
  })

  test('the index of a gather is clamped to the dimension', () => {
    const k = kernel('k', ({ size, input, output }) => {
      const D = size('D')
      const at = input('at', i32, [D])
      const book = input('book', f32, [3])
      output('y', f32, [D], d => book(at(d)))
    })
    const inputs = { at: tensor(i32, [-5, 0, 2, 3, 2 ** 31 - 1]), book: tensor(f32, [10, 20, 30]) }
    expect(run(k, inputs, 'y')).toEqual([10, 10, 30, 30, 30])
  })

  test('an index may be scaled, shifted and transposed', () => {
    const k = kernel('k', ({ size, input, output }) => {
      const T = size('T')
      const x = input('x', f32, [T, 4])
      output('y', f32, [2, T], (i, t) => x(t, i.mul(2).add(1)))
    })
    expect(run(k, { x: tensor(f32, [0, 1, 2, 3, 10, 11, 12, 13], [2, 4]) }, 'y')).toEqual([1, 11, 3, 13])
  })
})

describe('dot', () => {
  const row = Array.from({ length: 4 }, (_, i) => Math.fround(Math.sin(i + 1) * (i + 1)))

  test('rounds each sum once, never a product', () => {
    // Squares need 48 bits: a fused step keeps what a rounded product loses.
    const fused = row.reduce((total, x) => fusedMultiplyAdd(x, x, total), 0)
    const rounded = row.reduce((total, x) => Math.fround(total + Math.fround(x * x)), 0)
    expect(fused).not.toBe(rounded)
    expect(reduceRows((D, x) => dot(D, d => [x(d), x(d)]), [row])).toEqual([fused])
    expect(reduceRows((D, x) => sum(D, d => x(d).mul(x(d))), [row])).toEqual([rounded])
  })

  test('a number is a factor too, and nothing sums to 0', () => {
    expect(reduceRows((D, x) => dot(D, d => [0.5, x(d)]), [[1, 2]])).toEqual([1.5])
    expect(reduceRows((D, x) => dot({ d: D }, d => [x(d), 0.5]), [[1, 2]])).toEqual([1.5])
    expect(reduceRows((D, x) => dot(D, d => [x(d), x(d)]), [[]])).toEqual([0])
  })

  test.each<[string, () => unknown, string]>([
    ['one value', () => 1, 'its function returns no two factors; [a, b] of type f32 is expected'],
    ['no value', () => [1, 2], 'its function returns no two factors; [a, b] of type f32 is expected'],
  ])('%s is no pair of factors', (_, factors, message) => {
    expect(() => reduceRows(D => dot(D, factors as () => [Value, Value]), [row])).toThrow(message)
  })
})
