/** Every kernel of the library with each of its schedules, without a device. */

import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import { bf16, f16, interpretKernel, interpretNest, type Tensor } from '@qernel/dsl'
import { randomNumbers } from '@qernel/dsl/internal'
import { findKernel, kernelLibrary, largestBound } from '@qernel/kernels'
import { applySchedule, namedSchedules, nestText, parseSteps, printSteps } from '@qernel/schedule'
import { compareCodes, reconstructionError } from '@qernel/testing'
import { describe, expect, test } from 'vitest'
import { inputsOf, smallSizes } from './inputs.ts'

const subgroup = { min: 32, max: 32 }

describe.each(kernelLibrary.map(each => [each.name, each] as const))('%s', (name, { define, schedules, roundTrip }) => {
  const kernel = define()
  const sizes = smallSizes(kernel)
  const inputs = inputsOf(kernel, sizes, 5)
  const given = new Map(Object.entries(sizes))

  test('has a name and a description', () => {
    expect(kernel.name).toBe(name)
    expect(kernel.summary).not.toBe('')
  })

  test.each(schedules)('$name keeps the results on both targets', ({ steps }) => {
    const expected = interpretKernel(kernel, inputs, given)
    for (const target of ['wgsl', 'cuda'] as const) {
      const { nest } = applySchedule(kernel, steps({ kernel, target: { name: target, subgroup } }))
      for (const [output, { data }] of interpretNest(nest, inputs, given)) {
        if (!expected.has(output) || kernel.tensors.find(t => t.name === output)?.role !== 'output') continue
        const { equal, total } = compareCodes(data, (expected.get(output) as Tensor).data)
        expect(equal, `${output} for ${target}`).toBe(total)
      }
    }
  })

  test('each schedule gives the same loops after a round trip through text', () => {
    for (const schedule of [...namedSchedules, ...schedules]) {
      for (const name of ['wgsl', 'cuda'] as const) {
        const steps = schedule.steps({ kernel, target: { name, subgroup } })
        const read = parseSteps(printSteps(steps))
        expect(read).toEqual(steps)
        expect(nestText(applySchedule(kernel, read).nest)).toBe(nestText(applySchedule(kernel, steps).nest))
      }
    }
  })

  test('compiles with every schedule, for both targets, in every type of its floats', () => {
    for (const schedule of [...namedSchedules, ...schedules]) {
      for (const target of ['wgsl', 'cuda'] as const) {
        const steps = schedule.steps({ kernel, target: { name: target, ...(target === 'cuda' && { subgroup }) } })
        const compile = () => (target === 'wgsl' ? wgsl : cuda).compile(kernel, steps).source
        expect(compile(), `${schedule.name} for ${target}`).not.toBe('')
      }
    }
    for (const element of [f16, bf16]) {
      const steps = schedules[0]?.steps({ kernel: define(element), target: { name: 'cuda', subgroup } }) ?? []
      expect(cuda.compile(define(element), steps).source).not.toBe('')
    }
  })

  if (roundTrip === undefined) return
  test('restores its elements within its bound', () => {
    const random = randomNumbers(9)
    const finite = new Map([...inputs].map(([n, t]) => [n, { ...t, data: t.data.map(() => random() * 6 - 2) }]))
    const scale = inputs.get('scale')
    // Given scales have to fit the data.
    if (scale !== undefined) finite.set('scale', { ...scale, data: scale.data.map(() => 4 / 127) })
    const tensors = new Map([...finite, ...interpretKernel(kernel, finite)])
    const stored = new Map(roundTrip.stored.map(each => [each, tensors.get(each) as Tensor]))
    const dequantize = findKernel(roundTrip.dequantize)
    const restored = interpretKernel((dequantize as NonNullable<typeof dequantize>).define(), stored).get('x') as Tensor
    const { maximum, nonFinite } = reconstructionError((finite.get('x') as Tensor).data, restored.data)
    expect(nonFinite).toBe(0)
    // The roundings of f32 come on top: at most 2^-20 of a value below 4.
    expect(maximum).toBeLessThanOrEqual(largestBound(roundTrip, stored).value + 4 * 2 ** -20)
  })
})
