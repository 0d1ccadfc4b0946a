import { interpretNest, type Kernel, type Tensor } from '@qernel/dsl'
import type { KernelTime } from '@qernel/runtime'
import { applySchedule } from '@qernel/schedule'
import type { ChosenSchedule } from '../../arguments/schedule.ts'

/** A kernel with all that one run of it needs. */
export interface Job {
  readonly kernel: Kernel
  readonly schedule: ChosenSchedule
  /** Sizes that are constants of the generated source. */
  readonly fixed: ReadonlyMap<string, number>
  /** Every size. */
  readonly sizes: ReadonlyMap<string, number>
  readonly inputs: ReadonlyMap<string, Tensor>
  /** Launches that are timed. */
  readonly repeats: number
}

export type Place =
  | { readonly device: 'reference' }
  | { readonly device: 'webgpu'; readonly adapter: string | undefined }

export interface JobResult {
  readonly outputs: ReadonlyMap<string, Tensor>
  readonly device: {
    readonly kind: string
    readonly name: string
    readonly isSoftware: boolean
    readonly driver?: string
  }
  /** Absent where nothing was dispatched, and on the reference. */
  readonly time?: KernelTime
}

/** Compiles and runs. What goes wrong keeps the error of the package where it did. */
export function execute(job: Job, place: Place): Promise<JobResult> | JobResult {
  return place.device === 'reference' ? interpret(job) : dispatch(job, place.adapter)
}

/** The scheduled loop nest, loop by loop: shows what a schedule does to the results where there is no device. */
function interpret({ kernel, schedule, fixed, sizes, inputs }: Job): JobResult {
  const { nest } = applySchedule(kernel, schedule.steps, { fixed })
  return {
    outputs: interpretNest(nest, inputs, sizes),
    device: { kind: 'reference', name: 'interpreter of loop nests', isSoftware: true },
  }
}

async function dispatch(
  { kernel, schedule, fixed, sizes, inputs, repeats }: Job,
  adapter: string | undefined,
): Promise<JobResult> {
  // A schedule that cannot be is refused before a driver is loaded.
  applySchedule(kernel, schedule.steps, { fixed })
  const [{ wgsl }, { openDevice, runKernel }] = await Promise.all([
    import('@qernel/codegen-wgsl'),
    import('@qernel/runtime'),
  ])
  const device = await openDevice(adapter === undefined ? {} : { adapter })
  try {
    const compiled = wgsl.compile(kernel, schedule.steps, {
      fixed,
      target: device.target,
      ...(schedule.name === undefined ? {} : { scheduleName: schedule.name }),
    })
    const executable = await device.load(compiled)
    const launchSizes = Object.fromEntries(compiled.sizes.map(({ name }) => [name, sizes.get(name) as number]))
    const { outputs, time } = await runKernel(
      device,
      executable,
      { inputs, sizes: launchSizes },
      { timed: true, warmup: 1, repeats },
    )
    const { kind, name, driver, isSoftware } = device
    return { outputs, device: { kind, name, driver, isSoftware }, ...(time === undefined ? {} : { time }) }
  } finally {
    await device.close()
  }
}
