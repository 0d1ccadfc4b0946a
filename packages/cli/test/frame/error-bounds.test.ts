import { f16, f32, type Tensor, u8 } from '@qernel/dsl'
import { findKernel, type RoundTrip } from '@qernel/kernels'
import { describe, expect, it } from 'vitest'
import { boundOn, lostElements } from '../../src/report/error-bounds.ts'

const { roundTrip } = findKernel('group_asymmetric_u8_g32_inner') as { roundTrip: RoundTrip }
const one = (value: number): Tensor => ({ type: f16, shape: [1, 1], data: Float32Array.of(value) })
const stored = new Map([
  ['q', { type: u8, shape: [1, 32], data: new Uint8Array(32) }],
  ['scale', one(0.25)],
  ['zero', one(0)],
])
const values = (...changes: readonly [number, number][]): Float32Array => {
  const data = new Float32Array(32)
  for (const [at, value] of changes) data[at] = value
  return data
}

describe('the bound of an array whose scales are f16, with zero points', () => {
  it.each([
    ['kept', values([3, 0.125]), { holds: true, violations: 0, saturating: 0 }],
    ['broken by one element', values([3, 1.9]), { holds: false, violations: 1, saturating: 0 }],
    ['beyond what an f16 zero point holds', values([3, 1e6]), { holds: false, violations: 1, saturating: 1 }],
  ])('%s', (_, original, expected) => {
    expect(boundOn(original, values(), roundTrip, stored)).toMatchObject(expected)
  })
})

describe('lost elements', () => {
  const tensor = (data: Float32Array): Tensor => ({ type: f32, shape: [32], data })
  /** A quantizer that brings nothing back once an element is infinite. */
  const fragile = ({ data }: Tensor) => tensor(data.every(Number.isFinite) ? values() : values([0, Number.NaN]))

  it.each([
    ['finite elements that come back as NaN', values([0, 1]), values([0, Number.NaN], [5, Infinity]), 2],
    ['not what an infinity takes along', values([0, Infinity]), values([0, Number.NaN], [5, Number.NaN]), 0],
    ['none', values([0, 1]), values([0, 1.5]), 0],
  ])('%s', (_, original, restored, lost) => {
    expect(lostElements(tensor(original), tensor(restored), fragile)).toBe(lost)
  })
})
