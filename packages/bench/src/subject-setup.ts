/** The setup that all schedules of one subject share: the arrays, the expected results, and the ceiling of the mix. */
import type { LaunchPlan, Target } from '@qernel/codegen'
import { type Device, DeviceLostError } from '@qernel/runtime'
import { findSchedule, type Step } from '@qernel/schedule'
import { Memory } from './arrays/memory.ts'
import { verifyRows } from './arrays/verify-rows.ts'
import { bytesMoved, type Ceiling, openCeiling } from './ceiling/ceilings.ts'
import { nearestMix } from './ceiling/copy-kernels.ts'
import { compile, type LoadedKernel, loadCompiled } from './load-kernel.ts'
import { prepare } from './prepare-schedule.ts'
import type { ReferenceResult } from './results.ts'
import type { BenchOptions, Subject } from './subject.ts'

export interface SubjectSetup {
  readonly memory: Memory
  readonly ceiling: Ceiling
  readonly reference: ReferenceResult
  /** The launch of the reference; every schedule has the same arrays. */
  readonly plan: LaunchPlan
  free(): void
}

/** @throws what devices throw; LaunchError, LoweringError if no schedule runs at this size */
export async function setUpSubject(device: Device, subject: Subject, options: BenchOptions): Promise<SubjectSetup> {
  const { kernel, sizes, open } = subject
  const { name, loaded } = await loadReference(device, subject)
  let memory: Memory | undefined
  const free = () => {
    memory?.free()
    device.unload(loaded.executable)
  }
  try {
    memory = await Memory.of(device, subject, loaded.plan, options)
    await memory.runReference(loaded)
    const rows = await verifyRows(device, kernel, loaded.plan, memory.expected, open)
    const isDigested = options.digest !== false && outputBytes(loaded.plan) <= mostDigested
    const digest = isDigested ? await memory.digest(loaded.plan) : ''
    const wide = loaded.plan.arrays.find(({ parameter }) => parameter.name === subject.wide)?.byteLength ?? 0
    const mix = nearestMix(bytesMoved(kernel, sizes))
    const ceiling = await openCeiling(device, mix, wide, Math.min(5, options.repeats), options.warmup > 0)
    return {
      memory,
      ceiling,
      reference: { schedule: name, rows, digest },
      plan: loaded.plan,
      free: () => {
        ceiling.free()
        free()
      },
    }
  } catch (error) {
    free()
    throw error
  }
}

/** Larger results are compared only on the device: a download would take longer than all measurements. */
const mostDigested = 2 ** 31

const outputBytes = ({ arrays }: LaunchPlan): number =>
  arrays.reduce((sum, { parameter, byteLength }) => sum + (parameter.role === 'output' ? byteLength : 0), 0)

/**
 * The reference for the schedules: the definition with one thread per element, dividing by integer operations if a / b
 * is inexact. If the device cannot run that at this size, the last schedule that it can run.
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
    const steps = findSchedule('naive')?.steps({ kernel }) as readonly Step[]
    const compiled = compile(device, kernel, steps, sizes, open, { target })
    return { name: 'naive', loaded: await loadCompiled(device, compiled, sizes, open) }
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
