/** Narrow elements in accesses of 2 and 4 words: every type in both directions, on both targets, through the simulator. */
import {
  bf16,
  f8e4m3,
  f8e5m2,
  f16,
  halfSplit,
  i2,
  i3,
  i4,
  i8,
  interpretKernel,
  kernel,
  type StorageType,
  u4,
  u8,
} from '@qernel/dsl'
import { applySchedule, parseSteps } from '@qernel/schedule'
import { describe, expect, test } from 'vitest'
import { renderFinding, simulate } from '../../src/index.ts'
import { type DeviceStatement, lower, scalarize, statementsOf } from '../../src/internal.ts'
import { randomTensors } from '../random-tensors.ts'
import { cudaTarget, finishedAsIs, wgslTarget } from '../targets.ts'

/** y = x element by element, with a second reader of single elements. */
const copy = (type: StorageType) =>
  kernel('copy', ({ size, input, output }) => {
    const T = size('T')
    const D = size('D', { multipleOf: 128 })
    const x = input('x', type, [T, D])
    output('y', type, [T, D], (t, d) => x(t, d))
    output('first', type, [T, D], t => x(t, 0))
  })

const types = [f16, bf16, f8e4m3, f8e5m2, i8, u8, i4, u4, i2, i3, halfSplit(u4, 32), halfSplit(u4, 8)]

/** The largest number of words of one access to global memory. */
const widest = (body: readonly DeviceStatement[]): number =>
  Math.max(...[...statementsOf(body)].map(s => (s.kind === 'store' ? s.access.lanes : 1)))

describe.each([wgslTarget, cudaTarget])('for $name', target => {
  test.each(types.flatMap(type => [8, 16, 32, 64, 128].map(width => ({ type, name: type.name, width }))))(
    '$width lanes of $name use the widest accesses and give the right results',
    ({ type, width }) => {
      const one = copy(type)
      const unit = type.halves ?? (type.bits === 3 ? 32 : 32 / type.bits)
      if (width % unit !== 0) return
      const steps = parseSteps(`tile(t=2,d=128,stage=y) vectorize(d=${width},stage=y)`)
      const lowered = lower(applySchedule(one, steps, { nativeTypes: target.nativeTypes }), target)
      const expected = type.bits === 3 ? 1 : Math.min(4, (width * type.bits) / 32)
      expect(widest(lowered.program.functions[0]?.body ?? [])).toBe(expected)
      const program = target.vectorArithmetic ? lowered.program : scalarize(lowered.program)
      const inputs = randomTensors(
        one,
        new Map([
          ['T', 2],
          ['D', 128],
        ]),
        width,
      )
      const { outputs, findings } = simulate(finishedAsIs({ ...lowered, program }, target), inputs)
      expect(findings.map(renderFinding)).toEqual([])
      expect(outputs).toEqual(interpretKernel(one, inputs))
    },
  )
})
