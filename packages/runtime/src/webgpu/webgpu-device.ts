import { type CompiledKernel, type LaunchPlan, planLaunch, type Sizes, type Target } from '@qernel/codegen'
import { wgsl } from '@qernel/codegen-wgsl'
import type { AdapterDescription, SmallerLimits } from '../adapter.ts'
import type { Device, DeviceBuffer, Executable, KernelTime, LaunchOptions } from '../device.ts'
import { ArgumentError, DeviceLostError } from '../errors.ts'
import { Executables } from '../executables.ts'
import type { NumericsProfile } from '../numerics-profile.ts'
import { compileExecutable, type WebgpuExecutable } from './executable.ts'
import { launch } from './launch.ts'
import { allocate, download, fill, release, upload, type WebgpuBuffer } from './memory.ts'
import { exactNumerics } from './probe/probe.ts'
import { webgpuTarget } from './target.ts'

/** The facts about a GPUDevice that a `WebgpuDevice` needs. */
export interface WebgpuDeviceDescription extends Pick<AdapterDescription, 'name' | 'driver' | 'isSoftware'> {
  readonly chosenBecause: string
  readonly info: GPUAdapterInfo
  readonly profile: NumericsProfile
  readonly limits: SmallerLimits
  /** Whether `close` destroys the GPUDevice as well; false if somebody else created it. */
  readonly isOwned: boolean
}

/** A GPUDevice as a `Device`. Works in Node and in browsers. */
export class WebgpuDevice implements Device {
  readonly kind = 'webgpu'
  readonly backEnd = wgsl
  readonly name: string
  readonly driver: string
  readonly isSoftware: boolean
  readonly chosenBecause: string
  readonly target: Target
  readonly profile: NumericsProfile
  readonly lost: Promise<DeviceLostError>
  readonly #handle: GPUDevice
  readonly #isOwned: boolean
  readonly #bufferBytes: number
  readonly #executables = new Executables<WebgpuExecutable>()
  readonly #buffers = new Set<WebgpuBuffer>()
  /** Launches run one after another, so that none is measured while another runs. */
  #lastLaunch: Promise<unknown> = Promise.resolve()
  #lostError: DeviceLostError | undefined
  #closed: () => void = () => undefined

  constructor(handle: GPUDevice, description: WebgpuDeviceDescription) {
    const { info, profile, limits, isOwned } = description
    const { bindingBytes, bufferBytes } = limits
    this.#handle = handle
    this.#isOwned = isOwned
    this.name = description.name
    this.driver = description.driver
    this.isSoftware = description.isSoftware
    this.chosenBecause = description.chosenBecause
    this.profile = profile
    this.#bufferBytes = Math.min(handle.limits.maxBufferSize, bufferBytes ?? Infinity)
    const target = webgpuTarget(handle, info, exactNumerics(profile))
    const binding = Math.min(target.limits.bindingBytes, this.#bufferBytes, bindingBytes ?? Infinity)
    this.target = { ...target, limits: { ...target.limits, bindingBytes: binding } }
    const closed = new Promise<void>(resolve => {
      this.#closed = resolve
    })
    const gone = handle.lost.then(({ reason, message }) => {
      this.#lostError ??= new DeviceLostError('lost', `The device ${this.name} was lost (${reason}): ${message}`)
    })
    // A GPUDevice that somebody else created outlives this object.
    this.lost = (isOwned ? gone : Promise.race([gone, closed])).then(() => this.#lostError as DeviceLostError)
  }

  load(compiled: CompiledKernel): Promise<Executable> {
    return this.#executables.load(compiled, () => this.#use(() => compileExecutable(this.#handle, compiled)))
  }

  unload(executable: Executable): void {
    // WebGPU cannot destroy pipelines; Dawn frees them when JavaScript has collected them.
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
    const isFirst = this.#lostError === undefined
    this.#lostError ??= new DeviceLostError('closed', `The device ${this.name} was closed`)
    if (this.#isOwned) this.#handle.destroy()
    else if (isFirst) for (const buffer of this.#buffers) release(buffer)
    this.#buffers.clear()
    await this.#executables.clear()
    this.#closed()
    await this.lost
  }

  /** Runs a task. If it fails because the device was lost, rejects with the `DeviceLostError`. */
  async #use<Result>(task: () => Promise<Result>): Promise<Result> {
    if (this.#lostError) throw this.#lostError
    try {
      return await task()
    } catch (error) {
      // The notification of a loss may arrive after the failure that the loss caused.
      await new Promise(resolve => setTimeout(resolve))
      throw this.#lostError ?? error
    }
  }

  #own(buffer: DeviceBuffer): WebgpuBuffer {
    if (this.#buffers.has(buffer as WebgpuBuffer)) return buffer as WebgpuBuffer
    throw new ArgumentError(`A buffer of another device, or one that has been freed, was passed to ${this.name}`)
  }
}
