/**
 * WebGPU without Node: the same buffers, probe, checks, launches and times as with `openDevice`, on a `GPUDevice` that a page or another
 * program created. The WebGPU types come from TypeScript's DOM library or from the package `@webgpu/types`.
 */
export type { SmallerLimits } from '../adapter.ts'
export type { Device, DeviceBuffer, Executable, KernelTime, LaunchOptions } from '../device.ts'
export { limitLines, numericsLines } from '../device-report.ts'
export {
  ArgumentError,
  DeviceLostError,
  DeviceMemoryError,
  DeviceOperationError,
  KernelCompileError,
  KernelDidNotRunError,
  OutOfBoundsWriteError,
  UnwrittenOutputError,
} from '../errors.ts'
export type { Mismatches, NumericsProfile } from '../numerics-profile.ts'
export { type RunArguments, type RunResult, runKernel } from '../run-kernel.ts'
export { type GpuDeviceOptions, openGpuDevice } from './open-gpu-device.ts'
export { exactNumerics, probeNumerics } from './probe/probe.ts'
export { requiredOf } from './requirements.ts'
