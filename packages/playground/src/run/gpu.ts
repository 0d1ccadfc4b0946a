/** The device of the visitor's browser, opened when it is first needed, and again after it was lost. */
import { type Device, limitLines, numericsLines, openGpuDevice, requiredOf } from '@qernel/runtime/webgpu'
import type { DeviceFacts, Stopped } from './messages.ts'

let opened: Promise<Device | Stopped> | undefined

export async function visitorsDevice(): Promise<Device | Stopped> {
  opened ??= open()
  const device = await opened
  // The next request may find an adapter.
  if (device.kind === 'stopped') opened = undefined
  return device
}

async function open(): Promise<Device | Stopped> {
  const none = (message: string): Stopped => ({ kind: 'stopped', reason: 'no-webgpu', message })
  const { gpu } = globalThis.navigator ?? {}
  if (gpu === undefined)
    return none('This browser has no WebGPU, so kernels cannot run here; everything else on this page works.')
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' })
  if (adapter === null)
    return none(
      'This browser has WebGPU, but offers no adapter for it, so kernels cannot run here; everything else on this page works.',
    )
  const device = await openGpuDevice(await adapter.requestDevice(requiredOf(adapter)))
  void device.lost.then(() => {
    opened = undefined
  })
  return device
}

export const deviceFacts = (device: Device): DeviceFacts => ({
  name: device.name,
  driver: device.driver,
  isSoftware: device.isSoftware,
  limits: limitLines(device.target),
  numerics: numericsLines(device),
})
