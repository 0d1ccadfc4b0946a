/** Kernels on their way to a device, and the memory that they work on. */
import { type CompileOptions, compileFor, type LaunchPlan, type PlannedArray } from '@qernel/codegen'
import { cuda } from '@qernel/codegen-cuda'
import { wgsl } from '@qernel/codegen-wgsl'
import type { Kernel } from '@qernel/dsl'
import type { Device, DeviceBuffer, Executable } from '@qernel/runtime'
import type { Step } from '@qernel/schedule'

/** A kernel on a device with the launch that it is measured by. */
export interface Loaded {
  readonly executable: Executable
  readonly plan: LaunchPlan
}

export type Buffers = ReadonlyMap<string, DeviceBuffer>

/**
 * Compiles a kernel for a device and for given sizes. All sizes but `open` become constants of the code.
 * @throws what compiling and planning throw
 */
export async function load(
  device: Device,
  kernel: Kernel,
  steps: readonly Step[],
  sizes: ReadonlyMap<string, number>,
  open: string | undefined,
  options: Pick<CompileOptions, 'scheduleName' | 'target'> = {},
): Promise<Loaded> {
  const fixed = new Map([...sizes].filter(([name]) => name !== open))
  const launchSizes = open === undefined ? {} : { [open]: sizes.get(open) as number }
  const backEnd = device.target.name === 'cuda' ? cuda : wgsl
  const compiled = compileFor(backEnd, kernel, steps, launchSizes, { target: device.target, ...options, fixed })
  const executable = await device.load(compiled)
  return { executable, plan: device.plan(executable, launchSizes) }
}

/** Memory for arrays of a plan. */
export async function allocate(device: Device, arrays: readonly PlannedArray[]): Promise<Map<string, DeviceBuffer>> {
  const buffers = new Map<string, DeviceBuffer>()
  try {
    for (const { parameter, byteLength, partBytes } of arrays) {
      buffers.set(parameter.name, await device.allocate(byteLength, partBytes))
    }
    return buffers
  } catch (error) {
    free(device, buffers)
    throw error
  }
}

export function free(device: Device, buffers: Buffers): void {
  for (const buffer of buffers.values()) device.free(buffer)
}
