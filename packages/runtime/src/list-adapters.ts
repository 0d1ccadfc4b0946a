import type { AdapterDescription } from './adapter.ts'
import type { Device } from './device.ts'
import { NoDeviceError } from './errors.ts'

/** Lists the adapters on which devices of a kind can be opened: WebGPU adapters, or the GPUs of the CUDA driver. Empty if there is no driver. */
export async function listAdapters(kind: Device['kind'] = 'webgpu'): Promise<AdapterDescription[]> {
  if (kind === 'webgpu') return (await import('./webgpu/dawn/adapters.ts')).listWebgpuAdapters()
  const [{ loadDriver }, { listGpus }] = await Promise.all([import('./cuda/driver.ts'), import('./cuda/gpus.ts')])
  try {
    const driver = await loadDriver()
    return listGpus(driver).map(({ name }) => ({
      name,
      driver: `CUDA ${driver.versionText}`,
      vendor: 'nvidia',
      isSoftware: false,
      from: 'CUDA driver',
    }))
  } catch (error) {
    if (error instanceof NoDeviceError) return []
    throw error
  }
}
