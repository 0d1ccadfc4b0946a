/** Tries random trials and follows a failure to a small one; fast-check leads the way. */
import fc from 'fast-check'
import { CheckError } from './check-error.ts'
import type { Random } from './random/numbers.ts'
import { Trials } from './trial/arbitrary.ts'
import { evaluateTrial, type Outcome, type Part, type Reference } from './trial/evaluate.ts'
import { type Machine, simulatedMachines } from './trial/machine.ts'
import type { ShrinkOptions } from './trial/shrink-trial.ts'
import type { Trial } from './trial/trial.ts'

/** How many cases were tried, and what became of them. */
export interface CheckReport {
  /** Cases tried: launches of a program at some sizes with some inputs. */
  readonly cases: number
  /** Programs tried: schedules of the kernel. */
  readonly programs: number
  /** Cases that were simulated and right. */
  readonly simulated: number
  /** Cases that ran on a device and were right, by its name. */
  readonly ran: Readonly<Record<string, number>>
  /** Cases whose schedule neither a simulated target nor a device took. */
  readonly refused: number
  /** What was not tried, and why: counted for each place and reason. */
  readonly untried: readonly Untried[]
}

/** Cases that did not run somewhere. */
export interface Untried {
  /** A device by its name, or `simulated`. */
  readonly where: string
  /** A sentence. */
  readonly why: string
  readonly cases: number
}

/** Whether at least half of the cases were tried in every place: fewer say little. */
export const triesEnough = ({ cases, simulated, ran }: CheckReport): boolean =>
  [simulated, ...Object.values(ran)].every(tried => 2 * tried >= cases)

export interface Search {
  readonly make: (random: Random) => Trial
  readonly cases: number
  readonly casesOfOneProgram: number
  readonly seed: number
  /** Each program is tried on one of them: by default the simulator on what either back end prints. */
  readonly simulated?: readonly Machine[] | undefined
  readonly devices: readonly Machine[]
  readonly reference?: Reference | undefined
  readonly shrink?: ShrinkOptions
  /** Whether a failure stays as it is. */
  readonly isReplay?: boolean
  /**
   * Asked before every program: whether to try no more. Simulated programs wait for nothing, so whoever listens for a timer or a
   * signal gives the event loop a turn here.
   */
  readonly shouldStop?: (() => boolean | Promise<boolean>) | undefined
  /** Called after every program. */
  readonly onProgress?: ((report: CheckReport) => void) | undefined
}

/**
 * Tries `cases` cases, `casesOfOneProgram` of them for each program: the scheduled loops, the simulator, then each device.
 * @throws CheckError at the first that comes out wrong, with the smallest case that still does
 * @throws the last refusal, where no target took any of the schedules
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

  // Once it is to stop, the runs that are left draw nothing and do nothing.
  let isStopped = false
  let last: Trial | undefined
  const draw: Search['make'] = random => {
    if (last === undefined || !isStopped) last = make(random)
    return last
  }
  const property = fc.asyncProperty(new Trials(draw, shrink), async trial => {
    if (failed === undefined) isStopped ||= (await shouldStop?.()) === true
    if (failed === undefined && isStopped) return true
    const cases = trial.cases.length
    let refused = 0
    for (const machine of [undefined, ...devices]) {
      // Some targets do not take what others do: a schedule for subgroups is simulated where there are any.
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
  // What the property itself throws is no finding.
  if (result.errorInstance instanceof Error && failed === undefined) throw result.errorInstance
  const [trial] = result.counterexample ?? []
  if (trial === undefined) {
    // Nothing was tried: that is no success.
    if (refusal !== undefined && count.refused === count.cases) throw refusal
    return report()
  }
  throw new CheckError({ what, trial, shrinks: result.numShrinks, seed })
}

/** On the target that was drawn, or the next one that takes the schedule. */
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
