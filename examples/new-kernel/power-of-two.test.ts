/** Tests that the author of a kernel writes: single values against plain loops, then every schedule against the definition. */
import { f32, interpretKernel } from '@qernel/dsl'
import { applySchedule, costOf } from '@qernel/schedule'
import { checkKernel } from '@qernel/testing'
import { expect, test } from 'vitest'
import { int8PowerOfTwo, powerOfTwo } from './power-of-two.ts'

const kernel = int8PowerOfTwo()

function quantize(rows: readonly (readonly number[])[]) {
  const shape = [rows.length, rows[0]?.length ?? 0]
  const outputs = interpretKernel(kernel, new Map([['x', { type: f32, shape, data: Float32Array.from(rows.flat()) }]]))
  return { scale: [...(outputs.get('scale')?.data ?? [])], q: [...(outputs.get('q')?.data ?? [])] }
}

test('scales are powers of two, and no code leaves its range', () => {
  expect(quantize([[127, -1, 0.5]])).toEqual({ scale: [1], q: [127, -1, 0] })
  expect(quantize([[127.5, -1, 3]])).toEqual({ scale: [2], q: [64, 0, 2] })
})

test('zeros, NaN and infinities', () => {
  expect(quantize([[0, -0]])).toEqual({ scale: [2 ** -126], q: [0, 0] })
  expect(quantize([[Number.NaN, 254]])).toEqual({ scale: [2], q: [0, 127] })
  expect(quantize([[Number.POSITIVE_INFINITY, 1]])).toEqual({ scale: [Number.POSITIVE_INFINITY], q: [0, 0] })
})

test('random schedules give the same bits', async () => {
  const report = await checkKernel(kernel, { cases: 100, seed: 1 })
  expect(report.cases).toBeGreaterThanOrEqual(100)
})

test.each(['wgsl', 'cuda'] as const)('the borrowed schedule reads each row once (%s)', name => {
  const [best] = powerOfTwo.schedules
  const fixed = new Map([['D', 128]])
  const steps = best?.steps({ kernel, target: { name }, fixed }) ?? []
  const { nest } = applySchedule(kernel, steps, { fixed })
  const sizes = new Map([
    ['T', 64],
    ['D', 128],
  ])
  const { readBytes, minimumReadBytes } = costOf(nest, sizes)
  expect(readBytes).toBe(minimumReadBytes)
})
