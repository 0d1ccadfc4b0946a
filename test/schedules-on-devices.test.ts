/**
 * Random schedules, sizes and inputs on a device, against the interpreter of the definition. A failure shrinks, and prints
 * a line that replays it alone. `QERNEL_CASES` says how many; `QERNEL_SEED` repeats a run.
 */
import { type Device, openDevice } from '@qernel/runtime'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openDevices } from './devices.ts'
import { parseTrial, printTrial, runTrial, trials } from './random/trial.ts'

const cases = Number(process.env.QERNEL_CASES ?? 1000)
const seed = process.env.QERNEL_SEED
const replayed = process.env.QERNEL_TRIAL
/** A device keeps every kernel that it has compiled, so a long run takes a new one now and then. */
const casesOfOneDevice = 1000

/** In characters. */
const longest = 8000

const { present, absent } = await openDevices()
test.skip.each(absent)('$adapter is not installed here', () => undefined)

const replay = (line: string): string => `QERNEL_TRIAL='${line}' npx vitest run test/schedules-on-devices.test.ts`

test.runIf(replayed !== undefined).each(present)('the given trial on $adapter', async ({ device }) => {
  expect(await runTrial(device, parseTrial(replayed as string))).toBe('right')
  await device.close()
})

test.skipIf(replayed !== undefined).each(present)(
  `${cases} random schedules keep the meaning of kernels on $adapter`,
  async ({ adapter, device: first }) => {
    let device: Device = first
    const counts = { right: 0, refused: 0 }
    const property = fc.asyncProperty(trials, async trial => {
      if ((counts.right + 1) % casesOfOneDevice === 0) {
        await device.close()
        device = await openDevice({ adapter })
      }
      const outcome = await runTrial(device, trial, longest)
      if (typeof outcome !== 'string') throw new Error(`${outcome.wrong}\n\n${replay(printTrial(trial))}\n`)
      counts[outcome]++
    })
    try {
      await fc.assert(property, { numRuns: cases, ...(seed === undefined ? {} : { seed: Number(seed) }) })
    } finally {
      await device.close()
    }
    // A generator most of whose cases are refused would test little.
    expect(counts.right).toBeGreaterThan(cases / 2)
  },
  60_000 + 1000 * cases,
)
