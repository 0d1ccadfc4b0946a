/** Values that stages pass to each other on chip: in the simulator, on software adapters and as CUDA on the CPU, against the interpreter, also under further steps. */
import { checkSchedule } from '@qernel/testing'
import { afterAll, expect, test, vi } from 'vitest'
import { hasHostCompiler, openHostCuda } from '../cuda/host/host-cuda.ts'
import { openDevices } from '../devices.ts'
import { keptTiles } from '../kernels/on-chip-values.ts'

vi.setConfig({ testTimeout: 60_000 })
const seed = Number(process.env.QERNEL_SEED)
const hosts = hasHostCompiler ? [await openHostCuda()] : []
const { present, absent } = await openDevices()
const devices = [...present, ...hosts.map(({ device }) => ({ adapter: 'CUDA on the CPU', device }))]
afterAll(() => Promise.all(devices.map(({ device }) => device.close())))

test.each(keptTiles)('$0.name, $1', async (kernel, steps, fixed) => {
  const alone = await checkSchedule(kernel, steps, { cases: 8, compose: false, seed, fixed })
  expect(alone.simulated).toBe(8)
  const further = await checkSchedule(kernel, steps, { cases: 40, seed, fixed })
  expect(further.simulated).toBeGreaterThan(0)
})

test.each(devices.flatMap(each => keptTiles.map(([kernel, steps, fixed]) => ({ ...each, kernel, steps, fixed }))))(
  'on $adapter: $kernel.name, $steps',
  async ({ device, kernel, steps, fixed }) => {
    const report = await checkSchedule(kernel, steps, { cases: 4, compose: false, seed, fixed, devices: [device] })
    expect(Object.values(report.ran)).toEqual([4])
  },
)

test.skip.each(absent)('$adapter is not installed here', () => undefined)
test.skipIf(hasHostCompiler)('CUDA is not executed here: there is no g++', () => undefined)
