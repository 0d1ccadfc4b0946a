/** One kernel at one size on one device: every schedule in turns with the ceiling of its mix, verified. */
import type { LaunchPlan, PlannedArray, Target } from '@qernel/codegen'
import type { StorageType } from '@qernel/dsl'
import type { Device, KernelTime } from '@qernel/runtime'
import { findSchedule, type Step } from '@qernel/schedule'
import { bytesMoved, type Ceiling, openCeiling } from './ceilings.ts'
import { type Loaded, load } from './loaded.ts'
import { Memory } from './memory.ts'
import { nearestMix } from './movers.ts'
import { quantile } from './quantiles.ts'
import type { BenchOptions, Contender, Subject, Verification } from './subject.ts'
import { type Runner, takeTurns } from './turns.ts'
import { type RowCheck, verifyRows } from './verify-rows.ts'

export interface ScheduleResult {
  readonly schedule: string
  readonly steps: readonly Step[]
  /** Absent where there is a problem. */
  readonly time?: Pick<KernelTime, 'medianMs' | 'p20' | 'p80' | 'samples'>
  readonly tbps?: number
  /** Of the ceiling of its mix. */
  readonly ratio?: number
  readonly verification?: Verification
  /** How many dispatches a launch is, where arrays are cut. */
  readonly dispatches?: number
  /** Why there is no time: the schedule does not apply, or its results are wrong. */
  readonly problem?: string
}

export interface CeilingResult {
  readonly mix: string
  readonly medianMs: number
  readonly bytes: number
  readonly tbps: number
  readonly shape: { readonly block: number; readonly unroll: number }
}

export interface SubjectResult {
  readonly kernel: string
  readonly element: StorageType['name']
  readonly sizes: Readonly<Record<string, number>>
  readonly bytes: { readonly reads: number; readonly writes: number }
  readonly ceiling: CeilingResult
  /** What the words of the results were compared with. */
  readonly reference: {
    readonly schedule: string
    readonly rows: readonly RowCheck[]
    /** SHA-256 of the results, the same on devices that agree; empty where it was not asked for. */
    readonly digest: string
  }
  readonly schedules: readonly ScheduleResult[]
}

export async function benchmark(device: Device, subject: Subject, options: BenchOptions): Promise<SubjectResult> {
  const { kernel, sizes, open } = subject
  const fixed = new Map([...sizes].filter(([name]) => name !== open))
  // Compilers of shaders work side by side.
  const loaded = await Promise.all(subject.schedules.map(contender => loadContender(device, subject, contender, fixed)))
  const reference = await loadReference(device, subject, loaded)
  const memory = await Memory.of(device, subject, reference.loaded.plan, options)
  let ceiling: Ceiling | undefined
  try {
    await memory.runReference(reference.loaded)
    const rows = await verifyRows(device, kernel, reference.loaded.plan, memory.expected, open)
    const digest =
      options.digest === false || outputBytes(reference.loaded.plan) > mostDigested
        ? ''
        : await memory.digest(reference.loaded.plan)
    const bytes = bytesMoved(reference.loaded.executable.compiled, Object.fromEntries(sizes))
    const wide = reference.loaded.plan.arrays.find(({ parameter }) => parameter.name === subject.wide) as PlannedArray
    options.progress?.(`${kernel.name} on ${device.name}: ceiling`)
    ceiling = await openCeiling(device, nearestMix(bytes), wide.byteLength, Math.min(5, options.repeats))
    const contenders = loaded.flatMap(one =>
      one.loaded === undefined ? [] : [memory.contender(one.name, one.loaded, reference.loaded.plan)],
    )
    await warmUp(contenders[0], options.warmup)
    options.progress?.(`${kernel.name} on ${device.name}: ${contenders.length} schedules in turns`)
    const samples = await takeTurns([ceiling, ...contenders], options.rounds, options.repeats)
    const top = ceilingResult(ceiling, samples[0] as number[])
    const total = bytes.reads + bytes.writes
    return {
      kernel: kernel.name,
      element: wide.parameter.type.name,
      sizes: Object.fromEntries(sizes),
      bytes,
      ceiling: top,
      reference: { schedule: reference.name, rows, digest },
      schedules: loaded.map(({ name, steps, loaded: own, problem }): ScheduleResult => {
        if (own === undefined) return { schedule: name, steps, problem: problem ?? 'not loaded' }
        const position = contenders.findIndex(each => each.name === name)
        const verification = contenders[position]?.verification()
        const dispatches = own.plan.dispatches.length
        if (verification === undefined || verification.different > 0) {
          const wrong = verification
            ? `${verification.different} of ${verification.words} words differ`
            : 'not verified'
          return { schedule: name, steps, dispatches, problem: wrong, ...(verification && { verification }) }
        }
        const time = timeOf(samples[position + 1] as number[])
        const tbps = total / time.medianMs / 1e9
        return { schedule: name, steps, time, tbps, ratio: tbps / top.tbps, verification, dispatches }
      }),
    }
  } finally {
    ceiling?.free()
    memory.free()
  }
}

/** More is compared on the device alone: a download takes longer than all measurements. */
const mostDigested = 2 ** 31

const outputBytes = ({ arrays }: LaunchPlan): number =>
  arrays.reduce((sum, { parameter, byteLength }) => sum + (parameter.role === 'output' ? byteLength : 0), 0)

/** Launches before the first that counts, and as long as the clock of a GPU that idled takes to rise. */
async function warmUp(runner: Runner | undefined, launches: number): Promise<void> {
  const end = performance.now() + (launches === 0 ? 0 : clockRiseMs)
  for (let done = 0; runner !== undefined && (done < launches || performance.now() < end); done += 50)
    await runner.run(50)
}
const clockRiseMs = 400

interface LoadedContender {
  readonly name: string
  readonly steps: readonly Step[]
  readonly loaded?: Loaded
  readonly problem?: string
}

async function loadContender(
  device: Device,
  { kernel, sizes, open }: Subject,
  { name, steps }: Contender,
  fixed: ReadonlyMap<string, number>,
): Promise<LoadedContender> {
  let own: readonly Step[] = []
  try {
    own = steps(device.target, fixed)
    return { name, steps: own, loaded: await load(device, kernel, own, sizes, open, { scheduleName: name }) }
  } catch (error) {
    return { name, steps: own, problem: reasonOf(error) }
  }
}

const reasonOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0] as string

const timeOf = (samples: readonly number[]) => ({
  medianMs: quantile(samples, 0.5),
  p20: quantile(samples, 0.2),
  p80: quantile(samples, 0.8),
  samples,
})

export function ceilingResult({ mix, bytes, shape }: Ceiling, samples: readonly number[]): CeilingResult {
  const medianMs = quantile(samples, 0.5)
  return { mix: mix.name, medianMs, bytes, tbps: bytes / medianMs / 1e9, shape }
}

/**
 * What the schedules are compared with: the definition, a thread an element, and where a / b is inexact with division by integers; where
 * the device cannot run that at this size, the last schedule that it can.
 */
async function loadReference(
  device: Device,
  { kernel, sizes, open }: Subject,
  others: readonly { readonly name: string; readonly loaded?: Loaded }[],
): Promise<{ readonly name: string; readonly loaded: Loaded }> {
  const { numerics } = device.target
  const target: Target = {
    ...device.target,
    numerics: { ...numerics, division: numerics.division === 'native' ? 'native' : 'integer' },
  }
  try {
    const steps = findSchedule('naive')?.steps(kernel) as readonly Step[]
    const options = { scheduleName: 'naive', target }
    return { name: 'naive', loaded: await load(device, kernel, steps, sizes, open, options) }
  } catch (error) {
    const last = others.findLast(each => each.loaded !== undefined)
    if (last?.loaded === undefined) throw error
    return { name: last.name, loaded: last.loaded }
  }
}
