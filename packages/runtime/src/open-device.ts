import type { AdapterChoice, SmallerLimits } from './adapter.ts'
import type { Device } from './device.ts'

/** Which device to open. */
export interface OpenOptions {
  /** What drives the device: WebGPU through Dawn, or CUDA's driver API. Default 'webgpu'. */
  readonly kind?: Device['kind']
  /**
   * WebGPU: 'hardware', 'software', or a part of the adapter's name; without it a hardware adapter if there is one, else the software GPU.
   * CUDA: the ordinal of a GPU or a part of its name; without it the first.
   */
  readonly adapter?: AdapterChoice
  /** Treats a WebGPU device as if it had smaller limits: large arrays are then cut at sizes that a test can afford. */
  readonly limits?: SmallerLimits
}

/**
 * Opens a device and measures its numerics. Drivers are loaded by the first call, not by importing this package.
 * @throws NoDeviceError where no device fits, with what to install.
 */
export async function openDevice({ kind = 'webgpu', adapter, limits }: OpenOptions = {}): Promise<Device> {
  if (kind === 'cuda') {
    const { openCudaDevice } = await import('./cuda/cuda-device.ts')
    return openCudaDevice(adapter)
  }
  const { openDawnDevice } = await import('./webgpu/dawn/open-dawn-device.ts')
  return openDawnDevice(adapter, limits)
}
