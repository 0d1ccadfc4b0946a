/** What all schedules of one subject share: the arrays, the expected results, and the ceiling of the mix. */
import type { LaunchPlan, Target } from '@qernel/codegen'
import type { Kernel } from '@qernel/dsl'
import { type Device, DeviceLostError } from '@qernel/runtime'
import { findSchedule, type Schedule } from '@qernel/schedule'
import { plainSteps } from '@qernel/schedule/internal'
import { Memory } from './arrays/memory.ts'
import { verifyRows } from './arrays/verify-rows.ts'
import { bytesMoved, type Ceiling, openCeiling } from './ceiling/ceilings.ts'
import { nearestMix } from './ceiling/copy-kernels.ts'
import { codeOf, compile, type LoadedKernel, loadCompiled } from './load-kernel.ts'
import { prepare } from './prepare-schedule.ts'
import type { ReferenceResult } from './results.ts'
import type { BenchOptions, Subject } from './subject.ts'

/** The arrays of a subject, with the expected results. */
export interface SubjectArrays {
  readonly memory: Memory
  readonly reference: ReferenceResult
  /** The launch of the reference; every schedule has the same arrays. */
  readonly plan: LaunchPlan
  /** The code of the reference: see `codeOf`. */
  readonly code: string
  free(): void
}

export interface SubjectSetup extends SubjectArrays {
  readonly ceiling: Ceiling
}

/** @throws what devices throw; LaunchError, LoweringError if no schedule runs at this size */
export async function setUpSubject(device: Device, subject: Subject, options: BenchOptions): Promise<SubjectSetup> {
  const arrays = await setUpArrays(device, subject, options)
  try {
    const ceiling = await ceilingOf(device, subject, arrays.plan, options)
    const free = () => {
      ceiling.free()
      arrays.free()
    }
    return { ...arrays, ceiling, free }
  } catch (error) {
    arrays.free()
    throw error
  }
}

/** @throws what devices throw; LaunchError, LoweringError if no schedule runs at this size */
export async function setUpArrays(device: Device, subject: Subject, options: BenchOptions): Promise<SubjectArrays> {
  const { kernel, open } = subject
  const { name, loaded } = await loadReference(device, subject)
  let memory: Memory | undefined
  const free = () => {
    memory?.free()
    device.unload(loaded.executable)
  }
  try {
    const { plan } = loaded
    memory = await Memory.of(device, subject, plan, options)
    await memory.runReference(loaded)
    const rows = await verifyRows(device, kernel, plan, memory.expected, open)
    const isDigested = options.digest !== false && outputBytes(plan) <= mostDigested
    const digest = isDigested ? await memory.digest(plan) : ''
    const reference = { schedule: name, rows, digest }
    return { memory, reference, plan, code: codeOf(loaded.executable.compiled), free }
  } catch (error) {
    free()
    throw error
  }
}

/** The copy kernels for the mix of a subject, on arrays of their own. */
export function ceilingOf(
  device: Device,
  { kernel, sizes }: Subject,
  plan: LaunchPlan,
  { repeats, warmup }: Pick<BenchOptions, 'repeats' | 'warmup'>,
): Promise<Ceiling> {
  // The wide array of the mix: the float tensor of a quantizer, the codes of a decode kernel.
  const bytes = Math.max(...plan.arrays.map(({ byteLength }) => byteLength))
  return openCeiling(device, nearestMix(bytesMoved(kernel, sizes)), bytes, Math.min(5, repeats), warmup > 0)
}

/** Larger results are compared only on the device: a download would take longer than all measurements. */
const mostDigested = 2 ** 31

const outputBytes = ({ arrays }: LaunchPlan): number =>
  arrays.reduce((sum, { parameter, byteLength }) => sum + (parameter.role === 'output' ? byteLength : 0), 0)

/** Whether a stage folds a tensor of open length to a few results, which would take one thread seconds. */
const hasSingleResult = ({ stages }: Kernel): boolean =>
  stages.some(({ axes }) => axes.every(({ extent }) => typeof extent === 'number'))

/**
 * The reference for the schedules: the definition with one thread per element (lanes where a stage has only a few), dividing by integer operations
 * if a / b is inexact. If the device cannot run that at this size, the last schedule that it can run.
 */
async function loadReference(
  device: Device,
  subject: Subject,
): Promise<{ readonly name: string; readonly loaded: LoadedKernel }> {
  const { kernel, sizes, open } = subject
  const { numerics } = device.target
  const target: Target = {
    ...device.target,
    numerics: { ...numerics, division: numerics.division === 'native' ? 'native' : 'integer' },
  }
  try {
    const name = hasSingleResult(kernel) ? 'naive' : 'plain'
    const steps = name === 'naive' ? (findSchedule(name) as Schedule).steps({ kernel }) : plainSteps(kernel)
    const compiled = compile(device, kernel, steps, sizes, open, { target })
    return { name, loaded: await loadCompiled(device, compiled, sizes, open) }
  } catch (error) {
    for (const schedule of [...subject.schedules].reverse()) {
      const prepared = prepare(device, subject, schedule)
      if (!('compiled' in prepared)) continue
      try {
        return { name: prepared.name, loaded: await loadCompiled(device, prepared.compiled, sizes, open) }
      } catch (reason) {
        if (reason instanceof DeviceLostError) throw reason
      }
    }
    throw error
  }
}
