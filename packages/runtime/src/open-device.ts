import type { AdapterChoice, SmallerLimits } from './adapter.ts'
import type { Device } from './device.ts'

/** Which device to open. */
export interface OpenOptions {
  /** The API that drives the device: WebGPU through Dawn, or CUDA's driver API. Default 'webgpu'. */
  readonly kind?: Device['kind']
  /**
   * WebGPU: 'hardware', 'software', or a part of the adapter's name. Default: a hardware adapter if there is one, otherwise the software GPU.
   * CUDA: the ordinal of a GPU or a part of its name. Default: the first GPU.
   */
  readonly adapter?: AdapterChoice
  /** Treats a WebGPU device as if it had smaller limits, so that tests can cut arrays of affordable sizes. */
  readonly limits?: SmallerLimits
}

/**
 * Opens a device and measures its numerics. The first call loads the drivers; importing this package does not.
 * @throws NoDeviceError if no device fits; the message says what to install.
 */
export async function openDevice({ kind = 'webgpu', adapter, limits }: OpenOptions = {}): Promise<Device> {
  if (kind === 'cuda') {
    const { openCudaDevice } = await import('./cuda/cuda-device.ts')
    return openCudaDevice(adapter)
  }
  const { openDawnDevice } = await import('./webgpu/dawn/open-dawn-device.ts')
  return openDawnDevice(adapter, limits)
}
