/** The property harness for authors of kernels, schedules and transforms. */
import { prepare } from '@qernel/codegen'
import type { Kernel } from '@qernel/dsl'
import type { Device } from '@qernel/runtime'
import { parseSteps, ScheduleRefusal, type Step } from '@qernel/schedule'
import type { ValueClass } from './random/inputs.ts'
import { type CheckReport, search } from './search.ts'
import { inlinedLength } from './trial/compile-cost.ts'
import type { Reference } from './trial/evaluate.ts'
import { deviceMachine, longestOfOne, type Machine, simulatedMachines } from './trial/machine.ts'
import { randomTrial } from './trial/random-trials.ts'

/** Options of every check: how many cases, from which seed, on which devices. */
export interface CheckOptions {
  /** How many launches to test, each with different sizes and values. Default 200. */
  readonly cases?: number
  /** The same seed tests the same cases. By default every run uses a new seed, which is reported when a case fails. */
  readonly seed?: number
  /** Devices on which every case also runs, after the simulator. They stay open. */
  readonly devices?: readonly Device[]
  /** For authors of back ends: their own `simulatedMachine`s. By default, the programs of both back ends are simulated. */
  readonly simulated?: readonly Machine[]
  /** Sizes that are fixed at compile time in every case. By default some cases fix some sizes. */
  readonly fixed?: Readonly<Record<string, number>>
  /** Called after every program with the progress so far. */
  readonly onProgress?: (report: CheckReport) => void
  /** Called before every program. Returning true ends the check with a report of the cases so far. */
  readonly shouldStop?: () => boolean | Promise<boolean>
}

/** Options of `checkSchedule`. */
export interface ScheduleCheckOptions extends CheckOptions {
  /**
   * Whether three of four programs append random legal steps, to test the schedule in combination with others.
   * Default true.
   */
  readonly compose?: boolean
  /** A single case, as reported by a failure: these sizes, these values, no further steps, on every simulated target. */
  readonly only?: {
    readonly sizes: Readonly<Record<string, number>>
    readonly values: ValueClass
    readonly seed: number
  }
}

/** Options of `checkKernel`. */
export interface KernelCheckOptions extends CheckOptions {
  /** The author's own oracle: it computes the same outputs in another way, and the definition must match it bit for bit. */
  readonly reference?: Reference
}

/** Launches of one program: compiling takes longer than running. */
const casesOfOneProgram = 4
/** One program of so many has a launch of long sizes, which takes as long as many others: only in checks of many cases. */
const programsOfOneLong = 12
const casesWithLong = 40
/** What software devices compile in one check, in characters (`inlinedLength`): about half a minute. */
const mostCompiled = 2_000_000
/** Programs of a check, however long they are. */
const fewestPrograms = 4

/**
 * Tests a schedule of a kernel: random sizes (tails, primes, 1, 0), values of every class, and other legal steps after it.
 * Each case is computed from the definition, from the scheduled loops in two orders, by the simulator (which reports
 * races, out-of-bounds accesses, reads of unwritten elements, unwritten results) on one of several targets, and on the
 * devices. All must agree bit for bit. This finds wrong transforms as well.
 *
 * @param schedule steps, or their text: `tile(t=16,d=16) vectorize(d=4)`
 * @throws ScheduleRefusal where a step does not apply; StepSyntaxError where the text cannot be read
 * @throws CheckError with the smallest schedule and sizes that still come out wrong, and a line that tries them again
 */
export async function checkSchedule(
  kernel: Kernel,
  schedule: string | readonly Step[],
  options: ScheduleCheckOptions = {},
): Promise<CheckReport> {
  const steps = typeof schedule === 'string' ? parseSteps(schedule) : schedule
  const { only, compose = true, fixed } = options
  refuseEarly(kernel, steps, options)
  if (only !== undefined) return checkOne(kernel, steps, only, options)
  const cases = casesInTime(kernel, steps, options)
  let programs = 0
  return search({
    ...shared(options),
    casesOfOneProgram: cases,
    make: random =>
      randomTrial(kernel, random, {
        steps,
        compose: compose && random() < 0.75,
        cases,
        reachesBeyond: reachesBeyond(programs++, options),
        ...(fixed && { fixed }),
      }),
  })
}

const reachesBeyond = (program: number, { cases = 200 }: CheckOptions): boolean =>
  cases >= casesWithLong && program % programsOfOneLong === 0

/** Launches of one program: more of them where software devices take long to compile one, so that there are fewer programs. */
function casesInTime(
  kernel: Kernel,
  steps: readonly Step[],
  { devices = [], cases = 200, fixed = {} }: CheckOptions,
): number {
  const sizes = new Map(Object.entries(fixed))
  const lengths = devices
    .filter(device => device.isSoftware)
    .map(({ backEnd, target }) => {
      try {
        return inlinedLength(backEnd.compile(kernel, steps, { target, fixed: sizes, fallback: false }).source)
      } catch {
        // The check says why.
        return 0
      }
    })
  const length = lengths.reduce((sum, one) => sum + one, 0)
  const programs = Math.max(fewestPrograms, Math.floor(mostCompiled / Math.max(1, length)))
  return Math.max(casesOfOneProgram, Math.ceil(cases / programs))
}

/**
 * Tests a definition under random schedules, like `checkSchedule`: the bits must be the same under every legal schedule.
 *
 * @throws CheckError with the smallest schedule and sizes that come out wrong, and a line that tries them again
 */
export function checkKernel(kernel: Kernel, options: KernelCheckOptions = {}): Promise<CheckReport> {
  const { fixed, reference } = options
  let programs = 0
  return search({
    ...shared(options),
    reference,
    make: random =>
      randomTrial(kernel, random, {
        cases: casesOfOneProgram,
        reachesBeyond: reachesBeyond(programs++, options),
        ...(fixed && { fixed }),
      }),
  })
}

const shared = ({
  cases = 200,
  seed = Math.floor(Math.random() * 2 ** 31),
  devices = [],
  simulated,
  onProgress,
  shouldStop,
}: CheckOptions) => ({
  cases,
  casesOfOneProgram,
  seed,
  devices: devices.map(device => deviceMachine(device, longestOfOne)),
  simulated,
  onProgress,
  ...(shouldStop && { shouldStop }),
})

/**
 * An author's own schedule that does not apply, that no target takes, or whose threads share words on one of them, is reported at once, as a compiler does; any other
 * error is a finding. (If random steps after it make threads share words, the schedule is tried with the copy that mends it.)
 */
function refuseEarly(
  kernel: Kernel,
  steps: readonly Step[],
  { fixed = {}, devices = [], simulated = simulatedMachines }: CheckOptions,
): void {
  const sizes = new Map(Object.entries(fixed))
  const refusals: ScheduleRefusal[] = []
  const places = [...simulated, ...devices]
  for (const { backEnd, target } of places) {
    try {
      prepare(backEnd, kernel, steps, { target, fixed: sizes })
    } catch (error) {
      if (!(error instanceof ScheduleRefusal)) continue
      if (error.refusal.code === 'word-split') throw error
      refusals.push(error)
    }
  }
  if (refusals.length === places.length && refusals[0] !== undefined) throw refusals[0]
}

async function checkOne(
  kernel: Kernel,
  steps: readonly Step[],
  only: NonNullable<ScheduleCheckOptions['only']>,
  { fixed = {}, ...options }: ScheduleCheckOptions,
): Promise<CheckReport> {
  const { simulated = simulatedMachines } = options
  let machine = 0
  const trial = { kernel, steps, fixed, cases: [only] }
  return search({
    ...shared(options),
    cases: simulated.length,
    casesOfOneProgram: 1,
    make: () => ({ ...trial, machine: machine++ % simulated.length }),
    isReplay: true,
  })
}
