/** Every schedule that was written for a kernel of the library, simulated. The named ones are among the random schedules. */
import { kernelLibrary } from '@qernel/kernels'
import { parseSteps } from '@qernel/schedule'
import { checkSchedule } from '@qernel/testing'
import { expect, test, vi } from 'vitest'

vi.setConfig({ testTimeout: 30_000 })

const target = { name: 'wgsl', subgroups: false, fixed: new Map() } as const
const schedules = kernelLibrary.flatMap(({ name, define, schedules: own }) =>
  own.map(one => ({ name, kernel: define(), schedule: one.name, steps: parseSteps(one.steps(target)) })),
)

test.each(schedules)('$name, $schedule', async ({ kernel, steps }) => {
  const report = await checkSchedule(kernel, steps, { cases: 4, compose: false, seed: Number(process.env.QERNEL_SEED) })
  expect(report.simulated).toBeGreaterThan(0)
})
