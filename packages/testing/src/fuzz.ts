/** Random kernels under random schedules, for as long as one likes. */
import type { Kernel } from '@qernel/dsl'
import type { Device } from '@qernel/runtime'
import { CheckError, type CheckFailure } from './check-error.ts'
import { randomKernel } from './random/kernel/random-kernel.ts'
import { picker } from './random/numbers.ts'
import { type CheckReport, search } from './search.ts'
import { deviceMachine } from './trial/machine.ts'
import { randomTrial } from './trial/random-trials.ts'

export interface FuzzOptions {
  /** Kernels to try beside those that are made at random, in one of four programs. */
  readonly kernels?: readonly Kernel[]
  readonly cases: number
  readonly seed: number
  /** Opens what every case runs on besides the simulator. It is closed and opened again now and then, with all that it has compiled. */
  readonly openDevice?: () => Promise<Device>
  readonly onProgress?: (report: CheckReport) => void
  readonly onFailure?: (failure: CheckFailure) => void
  /** Asked between programs. */
  readonly shouldStop?: () => boolean
}

/** Cases of one program: a device takes as long to compile it as for twenty launches. */
const casesSimulated = 4
const casesOnDevice = 16
/** After so many programs a new device is opened: one keeps every kernel that it has compiled. */
const programsOfOneRound = 250

/**
 * Tries `cases` cases of random kernels, as `checkKernel` does one kernel, and goes on after a failure. The same seed tries the same
 * cases.
 */
export async function fuzz(options: FuzzOptions): Promise<CheckReport> {
  const { cases, kernels = [], openDevice, onProgress, onFailure, shouldStop = () => false } = options
  let done = nothing
  const casesOfOneProgram = openDevice === undefined ? casesSimulated : casesOnDevice
  for (let round = 0; done.cases < cases && !shouldStop(); round++) {
    const device = await openDevice?.()
    let failed: CheckReport = nothing
    try {
      const report = await search({
        make: random => {
          const pick = picker(random)
          const fromLibrary = kernels.length > 0 && pick([true, false, false, false])
          return randomTrial(fromLibrary ? pick(kernels) : randomKernel(pick), random, { cases: casesOfOneProgram })
        },
        cases: Math.min(cases - done.cases, programsOfOneRound * casesOfOneProgram),
        casesOfOneProgram,
        seed: options.seed + round,
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

const nothing: CheckReport = { cases: 0, programs: 0, simulated: 0, ran: {}, refused: 0 }

function sum(a: CheckReport, b: CheckReport): CheckReport {
  const names = new Set([...Object.keys(a.ran), ...Object.keys(b.ran)])
  return {
    cases: a.cases + b.cases,
    programs: a.programs + b.programs,
    simulated: a.simulated + b.simulated,
    refused: a.refused + b.refused,
    ran: Object.fromEntries([...names].map(name => [name, (a.ran[name] ?? 0) + (b.ran[name] ?? 0)])),
  }
}
