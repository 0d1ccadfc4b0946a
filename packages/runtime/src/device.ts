import type { BackEnd, CompiledKernel, LaunchPlan, Sizes, Target } from '@qernel/codegen'
import type { DeviceLostError } from './errors.ts'
import type { NumericsProfile } from './numerics-profile.ts'

/** Memory on a device. Freed by `Device.free`, and all of it when the device closes. */
export interface DeviceBuffer {
  /** A multiple of 4 that is at least what was asked for. */
  readonly byteLength: number
}

/** A kernel that a device has compiled. */
export interface Executable {
  readonly compiled: CompiledKernel
}

/** Statistics of repeated launches, milliseconds. */
export interface KernelTime {
  readonly medianMs: number
  /** 20th percentile. */
  readonly p20: number
  /** 80th percentile. */
  readonly p80: number
  /** In the order in which they ran. */
  readonly samples: readonly number[]
  /** 'host clock' includes submission and waiting: the device has no timestamps. */
  readonly clock: 'gpu timestamps' | 'host clock'
}

/** How often a launch runs, and whether it is measured. */
export interface LaunchOptions {
  /** Launches before the first that counts. Default 0. */
  readonly warmup?: number
  /** Launches that count. Default 1. */
  readonly repeats?: number
  /** Whether to measure them. Default false. */
  readonly timed?: boolean
}

/**
 * One device and all that can be done with it, whatever drives it. Methods reject with a `DeviceLostError` once the device is lost or
 * closed.
 */
export interface Device {
  readonly kind: 'webgpu' | 'cuda'
  /** As the driver calls it: "NVIDIA H100 80GB HBM3". */
  readonly name: string
  /** Driver name and version. */
  readonly driver: string
  /** Whether it runs on the CPU: its times say nothing about a GPU. */
  readonly isSoftware: boolean
  /** Why this device was chosen, a sentence. */
  readonly chosenBecause: string
  /** What makes source files for the device. */
  readonly backEnd: BackEnd
  /** What the back end may use here. */
  readonly target: Target
  readonly profile: NumericsProfile
  /** Resolves once, when the device is lost or closed. */
  readonly lost: Promise<DeviceLostError>

  /**
   * Compiles a kernel; the same kernel is compiled once.
   * @throws KernelCompileError with the offending line.
   */
  load(compiled: CompiledKernel): Promise<Executable>
  /**
   * Gives a loaded kernel back. Its code is freed once it was given back as often as it was loaded, and must not be launched then. Whoever loads
   * few kernels need not: closing the device frees all. Does nothing on a device that is gone.
   */
  unload(executable: Executable): void

  /**
   * Reserves zeroed memory.
   * @param partBytes where the device needs several buffers for so much, they are cut at multiples of this: `partBytes` of the planned array.
   * @throws DeviceMemoryError where there is not enough.
   */
  allocate(byteLength: number, partBytes?: number): Promise<DeviceBuffer>
  /** Does nothing on a device that is gone, and its memory with it. */
  free(buffer: DeviceBuffer): void
  /** Copies bytes to a buffer, from byte `offset` (a multiple of 4) on. */
  upload(buffer: DeviceBuffer, bytes: Uint8Array, offset?: number): Promise<void>
  /** Copies `byteLength` bytes from byte `offset` on; without them, the whole buffer. `offset` is a multiple of 4. */
  download(buffer: DeviceBuffer, offset?: number, byteLength?: number): Promise<Uint8Array>
  /** Sets every 32-bit word of a buffer. */
  fill(buffer: DeviceBuffer, word: number): Promise<void>

  /** The launch of a kernel at given sizes: see `planLaunch`. */
  plan(executable: Executable, sizes: Sizes): LaunchPlan
  /**
   * Runs the dispatches of a plan, in order, `warmup + repeats` times, on buffers by array name. Nothing is checked about what they
   * hold before or after: `runKernel` does that.
   * @returns the time where it was asked for and the plan has a dispatch.
   * @throws DeviceOperationError where the device refuses, KernelDidNotRunError where its clock did not advance.
   */
  launch(
    executable: Executable,
    plan: LaunchPlan,
    buffers: ReadonlyMap<string, DeviceBuffer>,
    options?: LaunchOptions,
  ): Promise<KernelTime | undefined>

  /** Ends everything that runs on the device and frees its memory. */
  close(): Promise<void>
}
