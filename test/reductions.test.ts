/**
 * Random schedules of kernels with reductions: the nest, the simulated program of each target and the program on a device give
 * what the definition says, bit for bit. Failures shrink, and print a line that replays them. `QERNEL_CASES` says how many.
 */
import { type Device, openDevice } from '@qernel/runtime'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openDevices } from './devices.ts'
import { parseTrial, printTrial, runTrial, simulateTrial, type Trial, trials } from './reductions/trial.ts'

const cases = Number(process.env.QERNEL_CASES ?? 200)
const replayed = process.env.QERNEL_TRIAL
/** A device keeps every kernel that it has compiled, so a long run takes a new one now and then. */
const casesOfOneDevice = 500
/** Compiling takes a device longer than anything else. */
const share = 0.4

const { present, absent } = await openDevices()
test.skip.each(absent)('$adapter is not installed here', () => undefined)

const report = (outcome: { readonly wrong: string }, trial: Trial): Error =>
  new Error(`${outcome.wrong}\n\nQERNEL_TRIAL='${printTrial(trial)}' npx vitest run test/reductions.test.ts\n`)

test.runIf(replayed !== undefined)('the given trial', async () => {
  const trial = parseTrial(replayed as string)
  expect(simulateTrial(trial)).toBe('right')
  for (const { device } of present) expect(await runTrial(device, trial)).toBe('right')
})

test.skipIf(replayed !== undefined)(
  `${cases} random schedules keep the meaning of reductions, simulated`,
  () => {
    let right = 0
    const property = fc.property(trials, trial => {
      const outcome = simulateTrial(trial)
      if (typeof outcome !== 'string') throw report(outcome, trial)
      if (outcome === 'right') right++
    })
    fc.assert(property, { numRuns: cases })
    // A generator most of whose cases are refused would test little.
    expect(right).toBeGreaterThan(cases / 2)
  },
  60_000 + 300 * cases,
)

test.skipIf(replayed !== undefined).each(present)(
  `${cases * share} random schedules keep the meaning of reductions on $adapter`,
  async ({ adapter, device: first }) => {
    let device: Device = first
    let right = 0
    const property = fc.asyncProperty(trials, async trial => {
      if ((right + 1) % casesOfOneDevice === 0) {
        await device.close()
        device = await openDevice({ adapter })
      }
      const outcome = await runTrial(device, trial)
      if (typeof outcome !== 'string') throw report(outcome, trial)
      if (outcome === 'right') right++
    })
    try {
      await fc.assert(property, { numRuns: cases * share })
    } finally {
      await device.close()
    }
    expect(right).toBeGreaterThan((cases * share) / 2)
  },
  60_000 + 1000 * cases,
)
