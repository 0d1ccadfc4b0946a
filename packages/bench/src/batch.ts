/** A few schedules of one subject, in turns with the ceiling. */
import { type Device, DeviceLostError } from '@qernel/runtime'
import { bytesMoved, ceilingResult } from './ceilings.ts'
import { type Prepared, withProblem } from './contender.ts'
import type { Ground } from './ground.ts'
import { type Loaded, loadCompiled } from './loaded.ts'
import type { VerifiedRunner } from './memory.ts'
import { quantile } from './quantiles.ts'
import type { CeilingResult, ScheduleResult } from './results.ts'
import type { BenchOptions, Subject } from './subject.ts'
import { type Runner, takeTurns } from './turns.ts'

export interface BatchListener {
  /** A result, as soon as it is there. */
  tell(prepared: Prepared, result: ScheduleResult): void
  /** Before every turn; true ends them. */
  shouldStop(round: number): boolean
}

/**
 * Measures schedules against each other and the ceiling: the ratio of each is to the ceiling of these turns. What the schedules have of the
 * device's memory is freed at the end.
 *
 * @throws DeviceLostError, after the result of the schedule that was running; what the ceiling throws
 */
export async function measureBatch(
  device: Device,
  subject: Subject,
  ground: Ground,
  batch: readonly Prepared[],
  options: BenchOptions,
  { tell, shouldStop }: BatchListener,
): Promise<void> {
  const runners: { readonly prepared: Prepared; readonly loaded: Loaded; readonly runner: VerifiedRunner }[] = []
  // Compilers of shaders work side by side.
  for (const { prepared, loaded, error } of await Promise.all(batch.map(each => loadPrepared(device, subject, each)))) {
    if (loaded === undefined) tell(prepared, withProblem(own(prepared), error))
    else runners.push({ prepared, loaded, runner: ground.memory.contender(prepared.name, loaded, ground.plan) })
  }
  const { ceiling } = ground
  let top: CeilingResult | undefined
  try {
    if (runners.length === 0) return
    await warmUp(ceiling, options.warmup)
    await takeTurns([ceiling, ...runners.map(({ runner }) => runner)], options.rounds, options.repeats, {
      shouldStop,
      finished: (position, samples) => {
        if (position === 0) top = ceilingResult(ceiling, samples)
        else {
          const { prepared, loaded, runner } = runners[position - 1] as (typeof runners)[number]
          tell(prepared, measured(subject, prepared, loaded, runner, samples, top as CeilingResult))
        }
      },
      failed: (position, error) => {
        if (position === 0) throw error
        const { prepared } = runners[position - 1] as (typeof runners)[number]
        tell(prepared, withProblem(own(prepared), error))
        if (error instanceof DeviceLostError) throw error
      },
    })
  } finally {
    for (const { loaded, runner } of runners) {
      runner.free()
      device.unload(loaded.executable)
    }
  }
}

const own = ({ name, steps, code }: Prepared) => ({ schedule: name, steps, code })

/** @throws DeviceLostError; any other error is the schedule's own, and returned */
async function loadPrepared(
  device: Device,
  { sizes, open }: Subject,
  prepared: Prepared,
): Promise<{ readonly prepared: Prepared; readonly loaded?: Loaded; readonly error?: unknown }> {
  try {
    return { prepared, loaded: await loadCompiled(device, prepared.compiled, sizes, open) }
  } catch (error) {
    if (error instanceof DeviceLostError) throw error
    return { prepared, error }
  }
}

/** Launches before the first that counts, and as long as the clock of a GPU that idled takes to rise. */
async function warmUp(runner: Runner, launches: number): Promise<void> {
  const end = performance.now() + (launches === 0 ? 0 : clockRiseMs)
  for (let done = 0; done < launches || performance.now() < end; done += 50) await runner.run(50)
}
const clockRiseMs = 400

function measured(
  { kernel, sizes }: Subject,
  prepared: Prepared,
  { plan }: Loaded,
  runner: VerifiedRunner,
  samples: readonly number[],
  ceiling: CeilingResult,
): ScheduleResult {
  const verification = runner.verification()
  const dispatches = plan.dispatches.length
  if (verification === undefined || verification.different > 0) {
    const problem = verification
      ? `${verification.different} of ${verification.words} words differ`
      : 'the results were not compared'
    return { ...own(prepared), dispatches, problem, failure: 'wrong', ...(verification && { verification }) }
  }
  const { reads, writes } = bytesMoved(kernel, sizes)
  const medianMs = quantile(samples, 0.5)
  const time = { medianMs, p20: quantile(samples, 0.2), p80: quantile(samples, 0.8), samples }
  const tbps = (reads + writes) / medianMs / 1e9
  return { ...own(prepared), time, tbps, ratio: tbps / ceiling.tbps, ceiling, verification, dispatches }
}
