/** The devices on which cross-package tests run. */
import { type Device, NoDeviceError, openDevice } from '@qernel/runtime'

export interface TestDevice {
  /** A part of the name of its adapter. */
  readonly adapter: string
  readonly device: Device
}

/**
 * Both software adapters by a part of their names: the one from npm is always there on Linux; lavapipe only where the
 * system has it or `VK_DRIVER_FILES` names it. They differ in subgroup width, denormals and division.
 */
const required = 'swiftshader'
const optional = 'llvmpipe'

/** Opens the devices that exist; tests report the others as skipped. */
export async function openDevices(): Promise<{ present: TestDevice[]; absent: { adapter: string }[] }> {
  const present: TestDevice[] = [{ adapter: required, device: await openDevice({ adapter: required }) }]
  try {
    present.push({ adapter: optional, device: await openDevice({ adapter: optional }) })
    return { present, absent: [] }
  } catch (error) {
    if (!(error instanceof NoDeviceError)) throw error
    return { present, absent: [{ adapter: optional }] }
  }
}
