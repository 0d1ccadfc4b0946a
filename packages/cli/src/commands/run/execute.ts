import { exact, type Freedom, freedomOf } from '@qernel/acceptance'
import { compileFor, LaunchError } from '@qernel/codegen'
import { interpretNest, type Kernel, type Nest, type Tensor } from '@qernel/dsl'
import type { Device, KernelTime } from '@qernel/runtime'
import { applySchedule, type Step } from '@qernel/schedule'
import type { ChosenSchedule } from '../../arguments/schedule.ts'
import { targetOf } from '../../targets.ts'

/** A kernel with everything that one run needs. */
export interface Job {
  readonly kernel: Kernel
  readonly schedule: ChosenSchedule
  /** Sizes that are constants of the generated source. */
  readonly fixed: ReadonlyMap<string, number>
  /** Every size. */
  readonly sizes: ReadonlyMap<string, number>
  readonly inputs: ReadonlyMap<string, Tensor>
  /** Timed launches. Default 10, or 1 on a software adapter, which is slow and whose times mean nothing. */
  readonly repeats: number | undefined
}

export type Place =
  | { readonly device: 'reference' }
  | { readonly device: Device['kind']; readonly adapter: string | undefined }

export interface JobResult {
  readonly outputs: ReadonlyMap<string, Tensor>
  /** The steps that ran on that device. */
  readonly steps: readonly Step[]
  /** Why it has these steps, if they were looked up. */
  readonly remark?: string
  readonly device: {
    readonly kind: string
    readonly name: string
    readonly isSoftware: boolean
    readonly driver?: string
  }
  /** Everything that the device and its language leave open. */
  readonly freedom: Freedom
  /** Absent if nothing was dispatched, and for the reference. */
  readonly time?: KernelTime
}

/** Compiles and runs. Errors keep the class of the package that raised them. */
export function execute(job: Job, place: Place): Promise<JobResult> | JobResult {
  return place.device === 'reference' ? interpret(job) : dispatch(job, place.device, place.adapter)
}

/** Runs the scheduled loop nest loop by loop: this shows the effect of a schedule on the results without a device. */
function interpret({ kernel, schedule, fixed, sizes, inputs }: Job): JobResult {
  const { nest } = applySchedule(kernel, schedule.steps, { fixed })
  checkAssumptions(nest, sizes)
  return {
    outputs: interpretNest(nest, inputs, sizes),
    steps: schedule.steps,
    ...(schedule.remark !== undefined && { remark: schedule.remark }),
    device: { kind: 'reference', name: 'interpreter of loop nests', isSoftware: true },
    freedom: exact,
  }
}

/** The same checks that `planLaunch` makes for compiled kernels. */
function checkAssumptions({ assumptions }: Nest, sizes: ReadonlyMap<string, number>): void {
  for (const { size, multipleOf, because } of assumptions) {
    const value = sizes.get(size) ?? 0
    if (value % multipleOf === 0) continue
    throw new LaunchError(
      'size-requirement',
      size,
      `${size} = ${value} must be a multiple of ${multipleOf} (assumed by ${because})`,
    )
  }
}

async function dispatch(
  { kernel, schedule, fixed, sizes, inputs, repeats }: Job,
  kind: Device['kind'],
  adapter: string | undefined,
): Promise<JobResult> {
  // An impossible schedule is refused before a driver is loaded.
  applySchedule(kernel, schedule.steps, { fixed })
  const [backEnd, { openDevice, runKernel }] = await Promise.all([targetOf(kind).load(), import('@qernel/runtime')])
  const device = await openDevice({ kind, ...(adapter === undefined ? {} : { adapter }) })
  try {
    const { name: scheduleName, steps, remark } = schedule.on(device.target, device.name)
    const launchSizes = Object.fromEntries([...sizes].filter(([name]) => !fixed.has(name)))
    const compiled = compileFor(backEnd, kernel, steps, launchSizes, {
      fixed,
      target: device.target,
      fallback: false,
      ...(scheduleName !== undefined && { scheduleName }),
    })
    const executable = await device.load(compiled)
    const { outputs, time } = await runKernel(
      device,
      executable,
      { inputs, sizes: launchSizes },
      { timed: true, warmup: device.isSoftware ? 0 : 1, repeats: repeats ?? (device.isSoftware ? 1 : 10) },
    )
    const { kind, name, driver, isSoftware } = device
    return {
      outputs,
      steps,
      ...(remark !== undefined && { remark }),
      device: { kind, name, driver, isSoftware },
      freedom: freedomOf(device),
      ...(time === undefined ? {} : { time }),
    }
  } finally {
    await device.close()
  }
}
