import { f16, f32, type Tensor, u8 } from '@qernel/dsl'
import { findKernel, type RoundTrip } from '@qernel/kernels'
import { describe, expect, it } from 'vitest'
import { boundOn, lostElements } from '../../src/report/error-bounds.ts'

const { roundTrip } = findKernel('group_asymmetric_u8_g32_inner') as { roundTrip: RoundTrip }
const parameters = (...data: number[]): Tensor => ({
  type: f16,
  shape: [1, data.length],
  data: Float32Array.from(data),
})
/** Two groups: one with a large step, one with a small one. */
const stored = new Map<string, Tensor>([
  ['q', { type: u8, shape: [1, 64], data: new Uint8Array(64) }],
  ['scale', parameters(4, 0.25)],
  ['zero', parameters(0, 0)],
])
const values = (...changes: readonly [number, number][]): Float32Array => {
  const data = new Float32Array(64)
  for (const [at, value] of changes) data[at] = value
  return data
}

describe('each element keeps to the bound of its own group:', () => {
  it.each([
    ['all elements do', values([3, 1.9], [40, 0.125]), { holds: true, violations: 0, saturated: 0 }],
    [
      'one element of the finer group exceeds it',
      values([3, 1.9], [40, 1.9]),
      { holds: false, violations: 1, first: 40 },
    ],
    [
      'an element that saturates the f16 zero point is counted separately',
      values([3, 1e6], [40, 0.1]),
      { holds: true, violations: 0, saturated: 1, farthestSaturated: 1e6 },
    ],
  ])('%s', (_, original, expected) => {
    expect(boundOn(original, values(), roundTrip, stored)).toMatchObject(expected)
  })

  it('a group without finite parameters has no bound', () => {
    const broken = new Map([...stored, ['scale', parameters(4, Number.NaN)]])
    expect(boundOn(values([40, 9]), values(), roundTrip, broken)).toMatchObject({ holds: true, violations: 0 })
  })

  it('the bound includes the rounding of a large zero point', () => {
    const large = new Map<string, Tensor>([...stored, ['zero', parameters(60000, 60000)]])
    const around = new Float32Array(64).fill(60000)
    expect(boundOn(around, around, roundTrip, large)).toMatchObject({ holds: true })
  })
})

describe('lost elements are counted:', () => {
  const tensor = (data: Float32Array): Tensor => ({ type: f32, shape: [64], data })
  /** A quantizer that loses everything once an element is infinite. */
  const fragile = ({ data }: Tensor) => tensor(data.every(Number.isFinite) ? values() : values([0, Number.NaN]))

  it.each([
    ['finite elements that come back as NaN', values([0, 1]), values([0, Number.NaN], [5, Infinity]), 2],
    [
      'elements that an infinity makes NaN do not count',
      values([0, Infinity]),
      values([0, Number.NaN], [5, Number.NaN]),
      0,
    ],
    ['none', values([0, 1]), values([0, 1.5]), 0],
  ])('%s', (_, original, restored, lost) => {
    expect(lostElements(tensor(original), tensor(restored), fragile)).toBe(lost)
  })
})
