import { type Affine, type Extent, f32, kernel, type Loop, select } from '@qernel/dsl'
import { applySchedule, type Leaf, leavesOf, parseSteps } from '@qernel/schedule'
import { defaultNest } from '@qernel/schedule/internal'
import { describe, expect, test } from 'vitest'
import { isInBounds } from '../../src/legality/bounds.ts'
import { outOfBoundsLoads } from '../../src/legality/out-of-bounds-loads.ts'

const copy = kernel('copy', ({ size, input, output }) => {
  const T = size('T')
  const x = input('x', f32, [T, 8])
  output('y', f32, [T, 8], (t, d) => x(t, d))
})

/** The leaf of the copy under a schedule, and a function that says whether an index stays in bounds there. */
function leafOf(steps: string) {
  const { nest } = applySchedule(copy, parseSteps(steps))
  const [{ leaf, around }] = leavesOf(nest.body) as unknown as readonly [{ leaf: Leaf; around: readonly Loop[] }]
  const [t, d] = leaf.index as readonly [Affine, Affine]
  const inside = (index: Affine, below: Extent) => isInBounds(nest, leaf, around, index, below)
  return { t, d, inside }
}
const moved = (index: Affine, by: number): Affine => ({ ...index, constant: index.constant + by })
const scaled = ({ constant, terms }: Affine, by: number): Affine => ({
  constant: constant * by,
  terms: new Map([...terms].map(([id, c]) => [id, c * by])),
})
const T: Extent = { size: 'T', dividedBy: 1 }

describe.each(['', 'tile(t=16,d=3)', 'tile(t=3,d=8) vectorize(d=4)'])('under %s', steps => {
  const { t, d, inside } = leafOf(steps)

  test('an element is in bounds of its own dimension', () => {
    expect([inside(t, T), inside(d, 8)]).toEqual([true, true])
  })
  test('its neighbours may be out of bounds', () => {
    expect([inside(moved(t, 1), T), inside(moved(t, -1), T), inside(moved(d, 1), 8), inside(moved(d, -1), 8)]).toEqual([
      false,
      false,
      false,
      false,
    ])
  })
  test('shifted and scaled indices are in bounds of lengths that are large enough', () => {
    expect([inside(moved(scaled(d, 2), 1), 16), inside(moved(d, 8), 16), inside(moved(d, 9), 16)]).toEqual([
      true,
      true,
      false,
    ])
  })
  test('an index is not known to be in bounds of another dimension', () => {
    expect(inside(d, T)).toBe(false)
  })
})

test('a reversed axis of known extent is in bounds', () => {
  const { d, inside } = leafOf('')
  expect(inside(moved(scaled(d, -1), 7), 8)).toBe(true)
  expect(inside(moved(scaled(d, -1), 6), 8)).toBe(false)
})

test('only tensors whose index may be out of bounds count as such', () => {
  const neighbour = kernel('neighbour', ({ size, input, output }) => {
    const T = size('T')
    const x = input('x', f32, [T])
    const w = input('w', f32, [T])
    output('y', f32, [T], t => select(t.value().gt(0), x(t.add(-1)), w(t)))
  })
  const leaving = outOfBoundsLoads(defaultNest(neighbour))
  expect([leaving.has('y', 'x'), leaving.has('y', 'w')]).toEqual([true, false])
})
