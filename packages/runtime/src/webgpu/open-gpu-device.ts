import type { SmallerLimits } from '../adapter.ts'
import type { Device } from '../device.ts'
import { probeNumerics } from './probe/probe.ts'
import { WebgpuDevice } from './webgpu-device.ts'

/** Options for the use of an existing `GPUDevice`. */
export interface GpuDeviceOptions {
  /** The name of the device in results and errors. Default: a name from its adapter information. */
  readonly name?: string
  /** Limits below those of the device, to test behavior at the limits. */
  readonly limits?: SmallerLimits
}

/**
 * Wraps an existing `GPUDevice` and measures its numerics once, with about twenty small shaders. Compile for its `target`, so that results are bit-exact
 * on the device:
 *
 * ```ts
 * const adapter = await navigator.gpu.requestAdapter()
 * const device = await openGpuDevice(await adapter.requestDevice(requiredOf(adapter)))
 * const executable = await device.load(wgsl.compile(kernel, steps, { target: device.target }))
 * const { outputs, time } = await runKernel(device, executable, { inputs, sizes: { T: 2048, D: 128 } })
 * ```
 *
 * `close` frees the buffers that were allocated through it, but does not destroy the `GPUDevice`.
 *
 * @throws DeviceLostError if the device is already lost
 */
export async function openGpuDevice(handle: GPUDevice, { name, limits = {} }: GpuDeviceOptions = {}): Promise<Device> {
  const info = handle.adapterInfo
  return new WebgpuDevice(handle, {
    name: name ?? nameOf(info),
    driver: info.description || info.vendor,
    isSoftware: info.isFallbackAdapter || info.architecture === 'swiftshader',
    chosenBecause: 'it was given',
    info,
    profile: await probeNumerics(handle, info),
    limits,
    isOwned: false,
  })
}

/** A name for the adapter. Browsers give little information, so that pages cannot identify visitors. */
const nameOf = ({ description, vendor, architecture, device }: GPUAdapterInfo): string =>
  description || [vendor, architecture, device].filter(part => part !== '').join(' ') || 'a WebGPU device'
