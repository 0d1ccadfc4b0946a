import type { AdapterChoice, SmallerLimits } from '../../adapter.ts'
import type { Device } from '../../device.ts'
import { probeNumerics } from '../probe/probe.ts'
import { requiredOf } from '../requirements.ts'
import { WebgpuDevice } from '../webgpu-device.ts'
import { chooseAdapter } from './adapters.ts'

/**
 * Opens a WebGPU device on the chosen adapter through Dawn, and probes its numerics.
 * @throws NoDeviceError if no adapter fits.
 */
export async function openDawnDevice(choice?: AdapterChoice, limits: SmallerLimits = {}): Promise<Device> {
  const { adapter, description, because } = await chooseAdapter(choice)
  const handle = await adapter.requestDevice({ label: description.name, ...requiredOf(adapter) })
  const { name, driver, isSoftware } = description
  const profile = await probeNumerics(handle, adapter.info)
  return new WebgpuDevice(handle, {
    name,
    driver,
    isSoftware,
    chosenBecause: because,
    info: adapter.info,
    profile,
    limits,
    isOwned: true,
  })
}
