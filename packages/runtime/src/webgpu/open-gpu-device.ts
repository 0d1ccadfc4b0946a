import type { SmallerLimits } from '../adapter.ts'
import type { Device } from '../device.ts'
import { probeNumerics } from './probe/probe.ts'
import { WebgpuDevice } from './webgpu-device.ts'

/** How a `GPUDevice` of somebody else is taken. */
export interface GpuDeviceOptions {
  /** What to call the device, in results and errors. By default what its adapter says of itself. */
  readonly name?: string
  /** Limits below those of the device: to try out what happens at them. */
  readonly limits?: SmallerLimits
}

/**
 * Takes a `GPUDevice` that somebody else made, and measures its numerics: about twenty small shaders, once. Its `target` is what to compile for, so that
 * results are bit-exact there:
 *
 * ```ts
 * const adapter = await navigator.gpu.requestAdapter()
 * const device = await openGpuDevice(await adapter.requestDevice(requiredOf(adapter)))
 * const executable = await device.load(wgsl.compile(kernel, steps, { target: device.target }))
 * const { outputs, time } = await runKernel(device, executable, { inputs, sizes: { T: 2048, D: 128 } })
 * ```
 *
 * `close` frees the buffers that were allocated through it; the `GPUDevice` stays its owner's.
 *
 * @throws DeviceLostError where the device is lost already
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

/** Browsers say little, so that pages cannot tell their visitors apart. */
const nameOf = ({ description, vendor, architecture, device }: GPUAdapterInfo): string =>
  description || [vendor, architecture, device].filter(part => part !== '').join(' ') || 'a WebGPU device'
