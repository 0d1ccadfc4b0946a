/** Values that stages pass to each other on chip: in the simulator and as CUDA on the CPU, against the interpreter, also under further steps. */
import { checkSchedule } from '@qernel/testing'
import { afterAll, expect, test, vi } from 'vitest'
import { hasHostCompiler, openHostCuda } from '../cuda/host/host-cuda.ts'
import { keptTiles } from '../kernels/on-chip-values.ts'

vi.setConfig({ testTimeout: 60_000 })
const seed = Number(process.env.QERNEL_SEED)
const hosts = hasHostCompiler ? [await openHostCuda()] : []
afterAll(() => Promise.all(hosts.map(({ device }) => device.close())))

test.each(keptTiles)('$0.name, $1', async (kernel, steps, fixed) => {
  const alone = await checkSchedule(kernel, steps, { cases: 8, compose: false, seed, fixed })
  expect(alone.simulated).toBe(8)
  const further = await checkSchedule(kernel, steps, { cases: 40, seed, fixed })
  expect(further.simulated).toBeGreaterThan(0)
})

test.each(hosts.flatMap(host => keptTiles.map(([kernel, steps, fixed]) => ({ host, kernel, steps, fixed }))))(
  'as CUDA: $kernel.name, $steps',
  async ({ host, kernel, steps, fixed }) => {
    const report = await checkSchedule(kernel, steps, { cases: 4, compose: false, seed, fixed, devices: [host.device] })
    expect(Object.values(report.ran)).toEqual([4])
  },
)

test.skipIf(hasHostCompiler)('CUDA is not executed here: there is no g++', () => undefined)
