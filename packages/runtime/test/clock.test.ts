/// <reference types="@webgpu/types" />
import { afterAll, beforeAll, expect, test } from 'vitest'
import { kernelTime } from '../src/statistics.ts'
import { type EncodePass, timeByHost, timeByTimestamps } from '../src/webgpu/clock.ts'
import { chooseAdapter } from '../src/webgpu/dawn/adapters.ts'

let device: GPUDevice
beforeAll(async () => {
  const { adapter } = await chooseAdapter()
  device = await adapter.requestDevice({ requiredFeatures: ['timestamp-query'] })
})
afterAll(() => device.destroy())

const emptyPass: EncodePass = (encoder, timestampWrites) => {
  encoder.beginComputePass(timestampWrites ? { timestampWrites } : {}).end()
}

test('percentiles lie between the samples', () => {
  expect(kernelTime([5, 1, 3, 2, 4], 'host clock')).toEqual({
    medianMs: 3,
    p20: expect.closeTo(1.8),
    p80: expect.closeTo(4.2),
    samples: [5, 1, 3, 2, 4],
    clock: 'host clock',
  })
  expect(kernelTime([7], 'gpu timestamps')).toMatchObject({ medianMs: 7, p20: 7, p80: 7 })
})

test('a device without timestamps is timed by the host, and says so', async () => {
  const time = await timeByHost(device, 'launch of nothing', 3, emptyPass)
  expect(time.clock).toBe('host clock')
  expect(time.samples).toHaveLength(3)
})

test('timestamps that are never written are an error', async () => {
  const dropped: EncodePass = encoder => encoder.beginComputePass().end()
  await expect(timeByTimestamps(device, 'launch of nothing', 2, dropped)).rejects.toThrow(
    'The GPU clock did not advance over the launch of nothing: the device dropped it',
  )
})

test('more launches than a query set holds are refused', async () => {
  await expect(timeByTimestamps(device, 'launch of nothing', 2049, emptyPass)).rejects.toThrow(
    '2049 timed launches; one run takes at most 2048',
  )
})
