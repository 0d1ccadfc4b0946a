/** Opens devices and runs compiled kernels on them. */
export type { AdapterChoice, AdapterDescription, SmallerLimits } from './adapter.ts'
export type { Device, DeviceBuffer, Executable, KernelTime, LaunchOptions } from './device.ts'
export { limitLines, numericsLines } from './device-report.ts'
export {
  ArgumentError,
  DeviceLostError,
  DeviceMemoryError,
  DeviceOperationError,
  KernelCompileError,
  KernelDidNotRunError,
  NoDeviceError,
  OutOfBoundsWriteError,
  UnwrittenOutputError,
} from './errors.ts'
export { listAdapters } from './list-adapters.ts'
export type { Mismatches, NumericsProfile } from './numerics-profile.ts'
export { type OpenOptions, openDevice } from './open-device.ts'
export { checkRedZone, poisons, redZoneBytes } from './poison.ts'
export { type RunArguments, type RunResult, runKernel } from './run-kernel.ts'
