/** Loads kernels onto a device, and allocates their memory. */
import { createHash } from 'node:crypto'
import {
  type CompiledKernel,
  type CompileOptions,
  compileFor,
  type LaunchPlan,
  type PlannedArray,
} from '@qernel/codegen'
import type { Kernel } from '@qernel/dsl'
import type { Device, DeviceBuffer, Executable } from '@qernel/runtime'
import type { Step } from '@qernel/schedule'

/** A kernel on a device, with the launch used to measure it. */
export interface LoadedKernel {
  readonly executable: Executable
  readonly plan: LaunchPlan
}

export type Buffers = ReadonlyMap<string, DeviceBuffer>

/**
 * Compiles a kernel for a device and for given sizes. All sizes but `open` become constants of the code.
 * @throws what compiling throws
 */
export function compile(
  device: Device,
  kernel: Kernel,
  steps: readonly Step[],
  sizes: ReadonlyMap<string, number>,
  open: string | undefined,
  options: Pick<CompileOptions, 'target'> = {},
): CompiledKernel {
  const fixed = new Map([...sizes].filter(([name]) => name !== open))
  return compileFor(device.backEnd, kernel, steps, launchSizes(sizes, open), {
    target: device.target,
    ...options,
    fixed,
  })
}

const launchSizes = (sizes: ReadonlyMap<string, number>, open: string | undefined): Record<string, number> =>
  open === undefined ? {} : { [open]: sizes.get(open) as number }

/** @throws what loading and planning throw */
export async function loadCompiled(
  device: Device,
  compiled: CompiledKernel,
  sizes: ReadonlyMap<string, number>,
  open: string | undefined,
): Promise<LoadedKernel> {
  const executable = await device.load(compiled)
  try {
    return { executable, plan: device.plan(executable, launchSizes(sizes, open)) }
  } catch (error) {
    device.unload(executable)
    throw error
  }
}

/** @throws what compiling, loading and planning throw */
export const load = (
  device: Device,
  kernel: Kernel,
  steps: readonly Step[],
  sizes: ReadonlyMap<string, number>,
  open: string | undefined,
): Promise<LoadedKernel> => loadCompiled(device, compile(device, kernel, steps, sizes, open), sizes, open)

/** A hash of everything that a device sees of a kernel: 16 hexadecimal digits. */
export const codeOf = ({ source, arrays, launches }: CompiledKernel): string =>
  createHash('sha256')
    .update(JSON.stringify([source, arrays, launches]))
    .digest('hex')
    .slice(0, 16)

/** Allocates memory for the arrays of a plan. */
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
