/** A few schedules of one subject, interleaved with the ceiling. */
import { nodesOf, reordersSums } from '@qernel/acceptance'
import { operations } from '@qernel/dsl'
import { type Device, DeviceLostError } from '@qernel/runtime'
import type { VerifiedRunner } from './arrays/memory.ts'
import { verifyRows } from './arrays/verify-rows.ts'
import { bytesMoved, type Candidate, ceilingResult, warmUp } from './ceiling/ceilings.ts'
import { type Buffers, type LoadedKernel, loadCompiled } from './load-kernel.ts'
import { type Prepared, withProblem } from './prepare-schedule.ts'
import type { CeilingResult, ScheduleResult, Verification } from './results.ts'
import type { BenchOptions, Subject } from './subject.ts'
import type { SubjectArrays, SubjectSetup } from './subject-setup.ts'
import { runInterleaved } from './timing/interleave.ts'
import { timedResult } from './timing/timed-result.ts'

export interface BatchListener {
  /** Called with each result immediately. */
  tell(prepared: Prepared, result: ScheduleResult): void
  /** Called before every turn; returning true ends the measurement. */
  shouldStop(round: number): boolean
}

/**
 * Measures schedules against each other and the ceiling; each ratio refers to the ceiling of these turns. The device
 * memory of the schedules is freed at the end.
 *
 * @throws DeviceLostError, after the result of the schedule that was running; what the ceiling throws
 */
export async function measureBatch(
  device: Device,
  subject: Subject,
  setup: SubjectSetup,
  batch: readonly Prepared[],
  options: BenchOptions,
  { tell, shouldStop }: BatchListener,
): Promise<void> {
  const runners: { readonly prepared: Prepared; readonly loaded: LoadedKernel; readonly runner: VerifiedRunner }[] = []
  // Shaders compile in parallel.
  for (const { prepared, loaded, error } of await Promise.all(batch.map(each => loadPrepared(device, subject, each)))) {
    if (loaded === undefined) tell(prepared, withProblem(own(prepared), error))
    else runners.push({ prepared, loaded, runner: runnerOf(device, subject, setup, prepared, loaded) })
  }
  const { ceiling } = setup
  const { candidates } = ceiling
  const ofCandidates: (readonly number[])[] = []
  let top: CeilingResult | undefined
  const runnerAt = (position: number) => runners[position - candidates.length] as (typeof runners)[number]
  try {
    if (runners.length === 0) return
    await warmUp(candidates[0] as Candidate, options.warmup)
    const turns = [...candidates, ...runners.map(({ runner }) => runner)]
    await runInterleaved(turns, options.rounds, options.repeats, {
      shouldStop: (round, position) => {
        if (shouldStop(round)) return true
        options.onTurn?.(position < candidates.length ? undefined : runnerAt(position).prepared)
        return false
      },
      finished: (position, samples) => {
        if (position < candidates.length) ofCandidates.push(samples)
        else {
          top ??= ceilingResult(ceiling, ofCandidates)
          const { prepared, loaded, runner } = runnerAt(position)
          tell(prepared, measured(device, subject, prepared, loaded, runner, samples, top))
        }
      },
      failed: (position, error) => {
        if (position < candidates.length) throw error
        const { prepared } = runnerAt(position)
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
): Promise<{ readonly prepared: Prepared; readonly loaded?: LoadedKernel; readonly error?: unknown }> {
  try {
    return { prepared, loaded: await loadCompiled(device, prepared.compiled, sizes, open) }
  } catch (error) {
    if (error instanceof DeviceLostError) throw error
    return { prepared, error }
  }
}

/**
 * A schedule on the arrays of its subject. Its words may differ from those of the reference if it reorders sums, or if an operation may be
 * inexact in its language: then rows are interpreted.
 */
export function runnerOf(
  device: Device,
  { kernel, sizes, open }: Subject,
  setup: SubjectArrays,
  prepared: Prepared,
  loaded: LoadedKernel,
): VerifiedRunner {
  const fixed = new Map([...sizes].filter(([name]) => name !== open))
  const reorders = reordersSums(kernel, prepared.steps)
  const isInexact = nodesOf(kernel).some(
    e => e.kind === 'op' && (operations[e.op].approximate?.[device.target.name].ulp ?? 0) > 0,
  )
  const checkRows = (buffers: Buffers) =>
    verifyRows(
      device,
      kernel,
      setup.plan,
      buffers,
      open,
      { steps: reorders ? prepared.steps : [], fixed },
      setup.memory.expected,
    )
  return setup.memory.verifiedRunner(prepared.name, loaded, setup.plan, reorders || isInexact ? checkRows : undefined)
}

/** What is wrong with the results of a runner after its last turn; empty if they are right. */
export function verificationProblem(verification: Verification | undefined): string {
  if (verification === undefined) return 'the results were not compared'
  return isRight(verification) ? '' : differenceText(verification)
}

const isRight = ({ different, rows = [] }: Verification): boolean =>
  different === 0 || (rows.length > 0 && rows.every(row => row.different === 0))

function differenceText({ words, different, rows }: Verification): string {
  const wrong = (rows ?? [])
    .filter(row => row.different > 0)
    .map(row => `${row.different} of ${row.elements} elements are wrong in ${row.what}`)
  const unchecked = rows?.length !== 0 ? [] : ['the arrays are too large to interpret them']
  return [`${different} of ${words} words differ`, ...wrong, ...unchecked].join('; ')
}

function measured(
  device: Device,
  { kernel, sizes }: Subject,
  prepared: Prepared,
  { plan }: LoadedKernel,
  runner: VerifiedRunner,
  samples: readonly number[],
  ceiling: CeilingResult,
): ScheduleResult {
  const verification = runner.verification()
  const dispatches = plan.dispatches.length
  const problem = verificationProblem(verification)
  if (problem !== '') {
    return { ...own(prepared), dispatches, problem, failure: 'wrong', ...(verification && { verification }) }
  }
  const bytes = bytesMoved(kernel, sizes)
  const timed = timedResult(bytes.reads + bytes.writes, samples, ceiling, device.isSoftware)
  return { ...own(prepared), ...timed, ceiling, ...(verification && { verification }), dispatches }
}
