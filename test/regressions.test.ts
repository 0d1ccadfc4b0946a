/**
 * Failures once found by the fuzzer or random schedules, one per file, described by its `found`. They must stay fixed
 * on every simulated target and device. `npm run fuzz -- --replay FILE` tries one alone.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { deviceMachine, evaluateTrial, simulatedMachines, trialFromJson } from '@qernel/testing/internal'
import { afterAll, expect, test, vi } from 'vitest'
import { openDevices } from './devices.ts'

// Software shader compilers are slow on a busy machine.
vi.setConfig({ testTimeout: 30_000 })

const { present, absent } = await openDevices()
afterAll(() => Promise.all(present.map(({ device }) => device.close())))
test.skip.each(absent)('$adapter is not installed here', () => undefined)

const machines = [...simulatedMachines, ...present.map(({ device }) => deviceMachine(device))]
const folder = new URL('regressions/', import.meta.url)
const regressions = readdirSync(folder).map(file => ({
  file,
  ...trialFromJson(readFileSync(new URL(file, folder), 'utf8')),
}))

test.each(regressions.flatMap(one => machines.map(machine => ({ ...one, machine, name: machine.name }))))(
  '$file: $found, $name',
  async ({ trial, machine }) => {
    const outcome = await evaluateTrial(trial, machine)
    // A case that one target refuses is still a regression test for another.
    expect(outcome).toMatchObject({ kind: expect.stringMatching(/^(right|refused)$/) })
  },
)
