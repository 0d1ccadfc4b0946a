/**
 * Random schedules, sizes and values: for kernels that together use the whole language, for the library, and for random
 * kernels. `npm run fuzz` does the same for any length of time, and replays failures found here.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import type { Kernel } from '@qernel/dsl'
import { kernelLibrary } from '@qernel/kernels'
import { openDevice } from '@qernel/runtime'
import { type CheckReport, type FuzzOptions, fuzz } from '@qernel/testing'
import { trialText, trialToJson } from '@qernel/testing/internal'
import { expect, test } from 'vitest'
import { openDevices } from '../devices.ts'
import { conversions, wholeLanguage } from '../kernels/language.ts'
import { lateSteps } from '../kernels/late-steps.ts'
import { onChipKernels } from '../kernels/on-chip-values.ts'
import { reductions } from '../kernels/reductions.ts'
import { smallDecode } from '../kernels/small-decode.ts'

const { present, absent } = await openDevices()
await Promise.all(present.map(({ device }) => device.close()))
test.skip.each(absent)('$adapter is not installed here', () => undefined)

const library = kernelLibrary.flatMap(({ element, define }) => element.types.map(type => define(type)))
const seed = Number(process.env.QERNEL_SEED)

/** Fails with the smallest case, which is also saved to a file. */
async function findNothing(
  options: Omit<FuzzOptions, 'seed' | 'onFailure'>,
  fewest = ({ cases }: CheckReport): number => cases / 2,
): Promise<CheckReport> {
  const failures: string[] = []
  const report = await fuzz({
    ...options,
    seed,
    onFailure: ({ trial, what }) => {
      const path = `out/fuzz/${seed}-${failures.length}.json`
      mkdirSync('out/fuzz', { recursive: true })
      writeFileSync(path, trialToJson(trial, what))
      failures.push(`${what}\n${trialText(trial)}\n  replay    npm run fuzz -- --replay ${path}\n`)
    },
  })
  expect(failures.join('\n')).toBe('')
  // A generator whose schedules are mostly refused would test little.
  expect(report.simulated).toBeGreaterThan(fewest(report))
  return report
}

/** Half of the cases if there are many programs. With few programs, which is what a slow machine has time for, the number of refusals is random. */
const fewestInTime = ({ cases, programs }: CheckReport): number =>
  programs >= 60 ? cases / 2 : programs >= 20 ? cases / 4 : 0

/** The CPU time of this process since `begin`, over all threads. */
function secondsOfCores(begin: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(begin)
  return (user + system) / 1e6
}

const timeout = 300_000

test.each<[what: string, kernels: readonly Kernel[], cases: number]>([
  ['the whole language', wholeLanguage, 300],
  ['conversions between storage types', conversions, 100],
  ['every shape of reduction', reductions, 300],
  ['stages that hand over tiles', onChipKernels, 200],
  ['the library', library, 200],
  ['decode kernels with short chunks', smallDecode, 200],
  ['kernels made at random', [], 300],
])(
  `random schedules of %s, simulated; seed ${seed}`,
  async (_, kernels, cases) => {
    await findNothing({ kernels, cases, randomKernels: 0 })
  },
  timeout,
)

test(
  `late steps one after another, simulated; seed ${seed}`,
  async () => {
    // To try all triples: npm run fuzz -- --triples pipeline,cache,peel,fuse
    const triplesWith = ['pipeline', 'cache', 'peel', 'fuse']
    const kernels = [...lateSteps, ...onChipKernels]
    await findNothing({ kernels, randomKernels: 0, cases: 200, casesOfOneProgram: 1, triplesWith })
  },
  timeout,
)

test.each(present)(
  `random schedules of all of them on $adapter; seed ${seed}`,
  async ({ adapter }) => {
    // Some programs take a software driver seconds to compile: as many as there is time for, which others on the machine don't shorten.
    const begin = process.cpuUsage()
    const options = {
      shouldStop: () => secondsOfCores(begin) > 10,
      // Conversions are numerous and would crowd out the rest.
      kernels: [
        ...wholeLanguage,
        ...wholeLanguage,
        ...reductions,
        ...reductions,
        ...conversions.slice(seed % 10, 40),
        ...library,
        ...smallDecode,
      ],
      cases: 1200,
      casesOfOneProgram: 12,
      randomKernels: 0.3,
      openDevice: () => openDevice({ adapter }),
    }
    const report = await findNothing(options, fewestInTime)
    expect(Object.values(report.ran)[0]).toBeGreaterThan(fewestInTime(report))
  },
  timeout,
)
