import type { Device } from './device.ts'
import type { AdapterChoice } from './webgpu/adapters.ts'
import type { SmallerLimits } from './webgpu/webgpu-device.ts'

export interface OpenOptions {
  /**
   * Which adapter: 'hardware', 'software', or a part of its name. Without it a hardware adapter if there is one, else the software GPU.
   */
  readonly adapter?: AdapterChoice
  /** Treats a WebGPU device as if it had smaller limits: large arrays are then cut at sizes that a test can afford. */
  readonly limits?: SmallerLimits
}

/**
 * Opens a device and measures its numerics. Drivers are loaded by the first call, not by importing this package.
 * @throws NoDeviceError where no device fits, with what to install.
 */
export async function openDevice({ adapter, limits }: OpenOptions = {}): Promise<Device> {
  const { openWebgpuDevice } = await import('./webgpu/webgpu-device.ts')
  return openWebgpuDevice(adapter, limits)
}
