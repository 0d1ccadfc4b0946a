import { type CompiledKernel, type LaunchPlan, planLaunch, type Sizes, type Target } from '@qernel/codegen'
import type { Device, DeviceBuffer, Executable, KernelTime, LaunchOptions } from '../device.ts'
import { ArgumentError, DeviceLostError } from '../errors.ts'
import { Executables } from '../executables.ts'
import type { NumericsProfile } from '../numerics-profile.ts'
import { type AdapterChoice, type AdapterDescription, chooseAdapter } from './adapters.ts'
import { compileExecutable, type WebgpuExecutable } from './executable.ts'
import { launch } from './launch.ts'
import { allocate, download, fill, release, upload, type WebgpuBuffer } from './memory.ts'
import { exactNumerics, probeNumerics } from './probe/probe.ts'
import { requestedLimits, webgpuTarget } from './target.ts'

/** Limits below those of the device, multiples of 4: to try out what happens at them. */
export interface SmallerLimits {
  /** The most bytes of an array that one dispatch may see. */
  readonly bindingBytes?: number
  /** The most bytes that one buffer may have. */
  readonly bufferBytes?: number
}

const wantedFeatures: readonly GPUFeatureName[] = ['timestamp-query', 'subgroups', 'shader-f16']

/**
 * Opens a WebGPU device on the adapter of choice and probes its numerics.
 * @throws NoDeviceError where no adapter fits.
 */
export async function openWebgpuDevice(choice?: AdapterChoice, limits: SmallerLimits = {}): Promise<Device> {
  const { adapter, description, because } = await chooseAdapter(choice)
  const handle = await adapter.requestDevice({
    label: description.name,
    requiredFeatures: wantedFeatures.filter(feature => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(requestedLimits.map(limit => [limit, adapter.limits[limit]])),
  })
  const profile = await probeNumerics(handle, adapter.info)
  return new WebgpuDevice(handle, adapter.info, description, because, profile, limits)
}

class WebgpuDevice implements Device {
  readonly kind = 'webgpu'
  readonly name: string
  readonly driver: string
  readonly isSoftware: boolean
  readonly chosenBecause: string
  readonly target: Target
  readonly profile: NumericsProfile
  readonly lost: Promise<DeviceLostError>
  readonly #handle: GPUDevice
  readonly #bufferBytes: number
  readonly #executables = new Executables<WebgpuExecutable>()
  readonly #buffers = new Set<WebgpuBuffer>()
  /** Launches run one after another, so that none is measured while another runs. */
  #lastLaunch: Promise<unknown> = Promise.resolve()
  #lostError: DeviceLostError | undefined

  constructor(
    handle: GPUDevice,
    info: GPUAdapterInfo,
    description: AdapterDescription,
    because: string,
    profile: NumericsProfile,
    { bindingBytes, bufferBytes }: SmallerLimits,
  ) {
    this.#handle = handle
    this.name = description.name
    this.driver = description.driver
    this.isSoftware = description.isSoftware
    this.chosenBecause = because
    this.profile = profile
    this.#bufferBytes = Math.min(handle.limits.maxBufferSize, bufferBytes ?? Infinity)
    const target = webgpuTarget(handle, info, exactNumerics(profile))
    const binding = Math.min(target.limits.bindingBytes, this.#bufferBytes, bindingBytes ?? Infinity)
    this.target = { ...target, limits: { ...target.limits, bindingBytes: binding } }
    this.lost = handle.lost.then(({ reason, message }) => {
      this.#lostError ??= new DeviceLostError('lost', `The device ${this.name} was lost (${reason}): ${message}`)
      return this.#lostError
    })
  }

  load(compiled: CompiledKernel): Promise<Executable> {
    return this.#executables.load(compiled, () => this.#use(() => compileExecutable(this.#handle, compiled)))
  }

  unload(executable: Executable): void {
    // WebGPU cannot destroy pipelines: Dawn frees them when JavaScript has collected them.
    this.#executables.giveBack(executable)
  }

  async allocate(byteLength: number, partBytes?: number): Promise<DeviceBuffer> {
    const buffer = await this.#use(() => allocate(this.#handle, byteLength, this.#bufferBytes, partBytes))
    this.#buffers.add(buffer)
    return buffer
  }

  free(buffer: DeviceBuffer): void {
    if (this.#lostError) return
    const own = this.#own(buffer)
    this.#buffers.delete(own)
    release(own)
  }

  upload(buffer: DeviceBuffer, bytes: Uint8Array, offset = 0): Promise<void> {
    return this.#use(() => upload(this.#handle, this.#own(buffer), bytes, offset))
  }

  download(buffer: DeviceBuffer, offset = 0, byteLength = buffer.byteLength - offset): Promise<Uint8Array> {
    return this.#use(() => download(this.#handle, this.#own(buffer), offset, byteLength))
  }

  fill(buffer: DeviceBuffer, word: number): Promise<void> {
    return this.#use(() => fill(this.#handle, this.#own(buffer), word))
  }

  plan(executable: Executable, sizes: Sizes): LaunchPlan {
    return planLaunch(executable.compiled, sizes, this.target)
  }

  launch(
    executable: Executable,
    plan: LaunchPlan,
    buffers: ReadonlyMap<string, DeviceBuffer>,
    options?: LaunchOptions,
  ): Promise<KernelTime | undefined> {
    const task = () =>
      this.#use(async () => {
        const own = new Map([...buffers].map(([name, buffer]) => [name, this.#own(buffer)]))
        return launch(this.#handle, executable as WebgpuExecutable, plan, own, this.target.limits.bindingBytes, options)
      })
    const result = this.#lastLaunch.then(task, task)
    this.#lastLaunch = result
    return result
  }

  async close(): Promise<void> {
    this.#lostError ??= new DeviceLostError('closed', `The device ${this.name} was closed`)
    this.#buffers.clear()
    this.#handle.destroy()
    await this.#executables.clear()
    await this.lost
  }

  /** Runs a task and turns whatever it dies of, where the device is lost, into the error that says so. */
  async #use<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#lostError) throw this.#lostError
    try {
      return await task()
    } catch (error) {
      // The news of a loss may come after the failure that it caused.
      await new Promise(resolve => setImmediate(resolve))
      throw this.#lostError ?? error
    }
  }

  #own(buffer: DeviceBuffer): WebgpuBuffer {
    if (this.#buffers.has(buffer as WebgpuBuffer)) return buffer as WebgpuBuffer
    throw new ArgumentError(`A buffer of another device, or one that was freed, was given to ${this.name}`)
  }
}
