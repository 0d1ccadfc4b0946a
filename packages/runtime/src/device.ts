import type { BackEnd, CompiledKernel, LaunchPlan, Sizes, Target } from '@qernel/codegen'
import type { DeviceLostError } from './errors.ts'
import type { NumericsProfile } from './numerics-profile.ts'

/** Memory on a device. Freed by `Device.free`, and all of it when the device closes. */
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
 * One device and its operations, whatever drives it. Methods reject with a `DeviceLostError` once the device is lost or
 * closed.
 */
export interface Device {
  readonly kind: 'webgpu' | 'cuda'
  /** The driver's name for it: "NVIDIA H100 80GB HBM3". */
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
   * Releases a loaded kernel. Its code is freed once it has been released as often as it was loaded, and must not be launched after that. If you load only a
   * few kernels, you need not call it: closing the device frees everything. Does nothing on a device that is gone.
   */
  unload(executable: Executable): void

  /**
   * Reserves zeroed memory.
   * @param partBytes if the device needs several buffers, they are cut at multiples of this: `partBytes` of the planned array.
   * @throws DeviceMemoryError if there is not enough memory.
   */
  allocate(byteLength: number, partBytes?: number): Promise<DeviceBuffer>
  /** Does nothing on a device that is gone, since its memory is gone too. */
  free(buffer: DeviceBuffer): void
  /** Copies bytes to a buffer, from byte `offset` (a multiple of 4) on. */
  upload(buffer: DeviceBuffer, bytes: Uint8Array, offset?: number): Promise<void>
  /** Copies `byteLength` bytes from byte `offset` on; without them, the whole buffer. `offset` is a multiple of 4. */
  download(buffer: DeviceBuffer, offset?: number, byteLength?: number): Promise<Uint8Array>
  /** Sets every 32-bit word of a buffer. */
  fill(buffer: DeviceBuffer, word: number): Promise<void>

  /** Plans the launch of a kernel at given sizes: see `planLaunch`. */
  plan(executable: Executable, sizes: Sizes): LaunchPlan
  /**
   * Runs the dispatches of a plan, in order, `warmup + repeats` times, on buffers by array name. It does not check what they
   * contain before or after; `runKernel` does.
   * @returns the time, if it was requested and the plan has a dispatch.
   * @throws DeviceOperationError if the device refuses, KernelDidNotRunError if its clock did not advance.
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
