import type { BackEnd, CompiledKernel, LaunchPlan, Sizes, Target } from '@qernel/codegen'
import type { DeviceLostError } from './errors.ts'
import type { NumericsProfile } from './numerics-profile.ts'

/** Memory on a device. `Device.free` frees it, and closing the device frees all of it. */
export interface DeviceBuffer {
  /** A multiple of 4, at least the requested size. */
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
  /** The time of each launch, in order. */
  readonly samples: readonly number[]
  /** 'host clock' is used if the device has no timestamps; it includes submission and waiting. */
  readonly clock: 'gpu timestamps' | 'host clock'
}

/** Options of a launch: repetitions and measurement. */
export interface LaunchOptions {
  /** Launches before the first that counts. Default 0. */
  readonly warmup?: number
  /** Launches that count. Default 1. */
  readonly repeats?: number
  /** Whether to measure them. Default false. */
  readonly timed?: boolean
}

/**
 * One device and its operations, independent of the API that drives it. After the device is lost or closed, methods reject with a
 * `DeviceLostError`.
 */
export interface Device {
  readonly kind: 'webgpu' | 'cuda'
  /** The driver's name for it: "NVIDIA H100 80GB HBM3". */
  readonly name: string
  /** Driver name and version. */
  readonly driver: string
  /** Whether it runs on the CPU, so that its times say nothing about a GPU. */
  readonly isSoftware: boolean
  /** Why this device was chosen, worded so that it can follow "chosen because". */
  readonly chosenBecause: string
  /** The back end that generates code for the device. */
  readonly backEnd: BackEnd
  /** The target that describes the device to the back end. */
  readonly target: Target
  readonly profile: NumericsProfile
  /** Resolves once, when the device is lost or closed. */
  readonly lost: Promise<DeviceLostError>

  /**
   * Compiles a kernel. Loading the same kernel again reuses the result.
   * @throws KernelCompileError with the offending line.
   */
  load(compiled: CompiledKernel): Promise<Executable>
  /**
   * Releases a loaded kernel. After it has been released as often as it was loaded, its code is freed and must not be launched. If you load only a few
   * kernels, you need not call this, because closing the device frees everything. Does nothing on a device that is lost or closed.
   */
  unload(executable: Executable): void

  /**
   * Reserves zeroed memory.
   * @param partBytes if the device needs several buffers, they are cut at multiples of this: `partBytes` of the planned array.
   * @throws DeviceMemoryError if there is not enough memory.
   */
  allocate(byteLength: number, partBytes?: number): Promise<DeviceBuffer>
  /** Frees a buffer. Does nothing on a device that is lost or closed, whose memory is already freed. */
  free(buffer: DeviceBuffer): void
  /** Copies bytes to a buffer, from byte `offset` (a multiple of 4) on. */
  upload(buffer: DeviceBuffer, bytes: Uint8Array, offset?: number): Promise<void>
  /** Copies `byteLength` bytes from byte `offset` (a multiple of 4) on; by default everything up to the end of the buffer. */
  download(buffer: DeviceBuffer, offset?: number, byteLength?: number): Promise<Uint8Array>
  /** Sets every 32-bit word of a buffer. */
  fill(buffer: DeviceBuffer, word: number): Promise<void>

  /** Plans the launch of a kernel at given sizes: see `planLaunch`. */
  plan(executable: Executable, sizes: Sizes): LaunchPlan
  /**
   * Runs the dispatches of a plan in order, `warmup + repeats` times. `buffers` are keyed by array name. Their contents are not checked
   * before or after; `runKernel` does that.
   * @returns the time, if it was requested and the plan has a dispatch.
   * @throws DeviceOperationError if the device rejects the launch, KernelDidNotRunError if its clock did not advance.
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
