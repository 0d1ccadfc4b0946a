/** Random kernels under random schedules, for as long as you like. */
import type { Device } from '@qernel/runtime'
import { CheckError, type CheckFailure } from './check-error.ts'
import { type CheckReport, search, type Untried } from './search.ts'
import { type RandomTrialOptions, trialMaker } from './trial/arbitrary.ts'
import { deviceMachine, type Machine } from './trial/machine.ts'

/** Default launches per program: 4; 1 with `triplesWith`; 32 with a device, where compiling takes as long as twenty launches. */
export interface FuzzOptions extends RandomTrialOptions {
  readonly cases: number
  readonly seed: number
  /** See `CheckOptions`. */
  readonly simulated?: readonly Machine[]
  /** Opens the device on which every case runs after the simulator. It is reopened occasionally, to free what it has compiled. */
  readonly openDevice?: () => Promise<Device>
  readonly onProgress?: (report: CheckReport) => void
  readonly onFailure?: (failure: CheckFailure) => void
  /** Called between programs. */
  readonly shouldStop?: () => boolean | Promise<boolean>
}

/** A new device is opened after this many programs, since a device keeps every kernel that it has compiled. */
const programsOfOneRound = 150

/**
 * Tests random kernels as `checkKernel` tests one, `cases` cases in all. The same seed tries the same cases.
 */
export async function fuzz(options: FuzzOptions): Promise<CheckReport> {
  const { cases, openDevice, onProgress, onFailure, shouldStop = () => false } = options
  let done = nothing
  const { triplesWith, casesOfOneProgram = openDevice !== undefined ? 32 : triplesWith === undefined ? 4 : 1 } = options
  const make = trialMaker({ ...options, casesOfOneProgram })
  for (let round = 0; done.cases < cases && !(await shouldStop()); round++) {
    const device = await openDevice?.()
    let failed: CheckReport = nothing
    try {
      const report = await search({
        make,
        cases: Math.min(cases - done.cases, programsOfOneRound * casesOfOneProgram),
        casesOfOneProgram,
        seed: options.seed + round,
        simulated: options.simulated,
        devices: device === undefined ? [] : [deviceMachine(device)],
        shrink: { kernel: true },
        shouldStop,
        onProgress: now => {
          failed = now
          onProgress?.(sum(done, now))
        },
      })
      done = sum(done, report)
    } catch (error) {
      if (!(error instanceof CheckError)) throw error
      done = sum(done, failed)
      onFailure?.(error.failure)
    } finally {
      await device?.close()
    }
  }
  return done
}

const nothing: CheckReport = { cases: 0, programs: 0, simulated: 0, ran: {}, refused: 0, untried: [] }

function sum(a: CheckReport, b: CheckReport): CheckReport {
  const sums = new Map<string, Untried>()
  for (const one of [...a.untried, ...b.untried]) {
    const key = `${one.where}: ${one.why}`
    sums.set(key, { ...one, cases: one.cases + (sums.get(key)?.cases ?? 0) })
  }
  const names = new Set([...Object.keys(a.ran), ...Object.keys(b.ran)])
  return {
    cases: a.cases + b.cases,
    programs: a.programs + b.programs,
    simulated: a.simulated + b.simulated,
    refused: a.refused + b.refused,
    untried: [...sums.values()],
    ran: Object.fromEntries([...names].map(name => [name, (a.ran[name] ?? 0) + (b.ran[name] ?? 0)])),
  }
}
