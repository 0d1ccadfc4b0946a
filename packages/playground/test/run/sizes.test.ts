import { wgsl } from '@qernel/codegen-wgsl'
import { affine } from '@qernel/dsl'
import { kernelLibrary } from '@qernel/kernels'
import { applySchedule, leavesOf } from '@qernel/schedule'
import { expect, it } from 'vitest'
import { checkSizes, fewestBytes, measuredSizes } from '../../src/run/sizes.ts'

const { nativeTypes } = wgsl.portableTarget
const nests = kernelLibrary.map(({ define, schedules }) => {
  const kernel = define()
  const steps = schedules[0]?.steps({ kernel, target: wgsl.portableTarget }) ?? []
  return applySchedule(kernel, steps, { nativeTypes }).nest
})

const executed = (nest: (typeof nests)[number], sizes: ReadonlyMap<string, number>): number =>
  Math.max(
    ...leavesOf(nest.body).map(({ around }) =>
      around.reduce((product, { extent }) => product * affine.extentValue(extent, sizes), 1),
    ),
  )

it('checks every kernel of the library at sizes that the interpreter computes soon', () => {
  for (const nest of nests)
    expect([nest.kernel.name, executed(nest, checkSizes(nest)) <= 2 ** 22]).toEqual([nest.kernel.name, true])
})

it('measures every kernel of the library with bounded work, and those that stream with enough bytes', () => {
  const wanted = { bytes: 2 ** 26, statements: 2 ** 32 }
  for (const nest of nests) {
    const sizes = measuredSizes(nest, {}, wanted, 2 ** 27)
    expect([nest.kernel.name, executed(nest, sizes) <= 2 ** 32]).toEqual([nest.kernel.name, true])
    expect(fewestBytes(nest, sizes)).toBeLessThanOrEqual(2 ** 27)
  }
  const quantize = nests.find(({ kernel }) => kernel.name === 'int8_per_channel_quantize')
  expect(quantize && fewestBytes(quantize, measuredSizes(quantize, {}, wanted, 2 ** 27))).toBeGreaterThanOrEqual(
    2 ** 26,
  )
})

it('keeps the sizes that the page gives', () => {
  const nest = nests.find(({ kernel }) => kernel.name === 'int8_per_channel_quantize')
  if (nest === undefined) throw new Error('no kernel')
  const sizes = measuredSizes(nest, { D: 128 }, { bytes: 2 ** 20, statements: 2 ** 30 }, 2 ** 27)
  expect(sizes.get('D')).toBe(128)
  expect(fewestBytes(nest, sizes)).toBeGreaterThanOrEqual(2 ** 20)
})
