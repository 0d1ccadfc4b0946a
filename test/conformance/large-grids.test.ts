/** More workgroups than a device can launch along a dimension, as for a long row of tokens. */
import { disagreements, freedomOf } from '@qernel/acceptance'
import { compileFor } from '@qernel/codegen'
import { wgsl } from '@qernel/codegen-wgsl'
import { int8PerChannelQuantize } from '@qernel/kernels'
import { runKernel } from '@qernel/runtime'
import { parseSteps } from '@qernel/schedule'
import { randomInputs } from '@qernel/testing'
import { afterAll, expect, test, vi } from 'vitest'
import { openDevices } from '../devices.ts'

vi.setConfig({ testTimeout: 60_000 })
const { present, absent } = await openDevices()
afterAll(() => Promise.all(present.map(({ device }) => device.close())))
test.skip.each(absent)('$adapter is not installed here', () => undefined)

test.each(
  present.flatMap(({ adapter, device }) => [
    { adapter, device, steps: 'tile(t=1,d=4)', T: 131072, D: 4, how: '131072 along y' },
    { adapter, device, steps: 'reorder(order=d.t) tile(d=1,t=2)', T: 140001, D: 1, how: '70001 along x' },
  ]),
)('$how, on $adapter', async ({ device, steps, T, D }) => {
  const kernel = int8PerChannelQuantize()
  const inputs = randomInputs(kernel, new Map(Object.entries({ T, D })), 'uniform', 3)
  const compiled = compileFor(wgsl, kernel, parseSteps(steps), { T, D }, { target: device.target })
  expect(compiled.launches[0]?.gridWidth).toBe(65535)
  const { outputs } = await runKernel(device, await device.load(compiled), { inputs, sizes: { T, D } })
  expect(disagreements({ kernel, inputs }, outputs, freedomOf(device))).toEqual([])
})
