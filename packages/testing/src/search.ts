/** Tries random trials and shrinks a failure, by means of fast-check. */
import fc from 'fast-check'
import { CheckError } from './check-error.ts'
import type { Random } from './random/numbers.ts'
import { Trials } from './trial/arbitrary.ts'
import { evaluateTrial, type Outcome, type Part, type Reference } from './trial/evaluate.ts'
import { type Machine, simulatedMachines } from './trial/machine.ts'
import type { ShrinkOptions } from './trial/shrink-trial.ts'
import type { Trial } from './trial/trial.ts'

/** How many cases were tried, and their outcomes. */
export interface CheckReport {
  /** Cases tried: launches of a program at some sizes with some inputs. */
  readonly cases: number
  /** Programs tried: schedules of the kernel. */
  readonly programs: number
  /** Cases whose simulation was correct. */
  readonly simulated: number
  /** Cases that ran correctly on a device, by the name of the device. */
  readonly ran: Readonly<Record<string, number>>
  /** Cases whose schedule no simulated target and no device accepted. */
  readonly refused: number
  /** What was not tried: a count for each place and reason. */
  readonly untried: readonly Untried[]
}

/** Cases that did not run somewhere. */
export interface Untried {
  /** The name of a device, or `simulated`. */
  readonly where: string
  /** A sentence. */
  readonly why: string
  readonly cases: number
}

/** Whether at least half of the cases were tried in every place: fewer prove little. */
export const triesEnough = ({ cases, simulated, ran }: CheckReport): boolean =>
  [simulated, ...Object.values(ran)].every(tried => 2 * tried >= cases)

export interface Search {
  readonly make: (random: Random) => Trial
  readonly cases: number
  readonly casesOfOneProgram: number
  readonly seed: number
  /** Each program is tried on one of these. By default, the simulator for either back end. */
  readonly simulated?: readonly Machine[] | undefined
  readonly devices: readonly Machine[]
  readonly reference?: Reference | undefined
  readonly shrink?: ShrinkOptions
  /** Whether a failure is reported without shrinking. */
  readonly isReplay?: boolean
  /**
   * Called before every program; true ends the search. Simulated programs never wait, so a caller that listens for a
   * timer or a signal must yield to the event loop here.
   */
  readonly shouldStop?: (() => boolean | Promise<boolean>) | undefined
  /** Called after every program. */
  readonly onProgress?: ((report: CheckReport) => void) | undefined
}

/**
 * Tries `cases` cases, `casesOfOneProgram` of them for each program: the scheduled loops, the simulator, then each device.
 * @throws CheckError at the first wrong case, with the smallest case that is still wrong
 * @throws the last refusal, if no target accepted any of the schedules
 */
export async function search(options: Search): Promise<CheckReport> {
  const { make, seed, devices, reference, shrink = {}, isReplay = false, shouldStop, onProgress } = options
  const { simulated = simulatedMachines } = options
  const count = { cases: 0, programs: 0, simulated: 0, refused: 0 }
  const ran: Record<string, number> = Object.fromEntries(devices.map(({ name }) => [name, 0]))
  const untried = new Map<string, Untried>()
  const leaveOut = (where: string, why: string, cases: number): void => {
    const key = `${where}: ${why}`
    untried.set(key, { where, why, cases: cases + (untried.get(key)?.cases ?? 0) })
  }
  const report = (): CheckReport => ({ ...count, ran: { ...ran }, untried: [...untried.values()] })
  let failed: Part | undefined
  let what = ''
  let refusal: Error | undefined

  // After a stop, the remaining runs draw nothing and do nothing.
  let isStopped = false
  let last: Trial | undefined
  const draw: Search['make'] = random => {
    if (last === undefined || !isStopped) last = make(random)
    return last
  }
  const property = fc.asyncProperty(new Trials(draw, shrink), async drawn => {
    if (failed === undefined) isStopped ||= (await shouldStop?.()) === true
    if (failed === undefined && isStopped) return true
    // The last program may have more launches than are left of those that were asked for. While a failure shrinks, nothing is counted.
    const trial = failed === undefined ? { ...drawn, cases: drawn.cases.slice(0, options.cases - count.cases) } : drawn
    const cases = trial.cases.length
    let refused = 0
    for (const machine of [undefined, ...devices]) {
      // Some targets refuse schedules that others accept: a schedule for subgroups is simulated on a target that has them.
      const outcome =
        machine === undefined
          ? await evaluateOnAny(trial, simulated, reference)
          : await evaluateTrial(trial, machine, reference)
      if (outcome.kind === 'wrong' && (failed ?? outcome.part) === outcome.part) {
        failed = outcome.part
        what = outcome.what
        return false
      }
      if (failed !== undefined) continue
      if (outcome.kind === 'refused') {
        refused++
        refusal = outcome.why
        leaveOut(machine?.name ?? 'simulated', outcome.why.message.split('\n')[0] as string, cases)
      }
      if (outcome.kind === 'skipped') leaveOut(machine?.name ?? 'simulated', outcome.why, cases)
      if (outcome.kind !== 'right') continue
      if (machine === undefined) count.simulated += cases
      else ran[machine.name] = (ran[machine.name] as number) + cases
    }
    if (failed !== undefined) return true
    count.cases += cases
    count.programs++
    if (refused === 1 + devices.length) count.refused += cases
    onProgress?.(report())
    return true
  })
  const numRuns = Math.ceil(options.cases / options.casesOfOneProgram)
  const result = await fc.check(property, { numRuns, seed, endOnFailure: isReplay })
  // An error thrown by the property itself is not a finding.
  if (result.errorInstance instanceof Error && failed === undefined) throw result.errorInstance
  const [trial] = result.counterexample ?? []
  if (trial === undefined) {
    // If nothing was tried, the check has not succeeded.
    if (refusal !== undefined && count.refused === count.cases) throw refusal
    return report()
  }
  throw new CheckError({ what, trial, shrinks: result.numShrinks, seed })
}

/** Evaluates on the target that was drawn, or the next one that accepts the schedule. */
async function evaluateOnAny(
  trial: Trial,
  machines: readonly Machine[],
  reference: Reference | undefined,
): Promise<Outcome> {
  let outcome: Outcome | undefined
  for (let i = 0; i < machines.length; i++) {
    const machine = machines[(trial.machine + i) % machines.length] as Machine
    outcome = await evaluateTrial(trial, machine, reference)
    if (outcome.kind !== 'refused') break
  }
  return outcome as Outcome
}
