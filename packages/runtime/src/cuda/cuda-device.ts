import { type CompiledKernel, type LaunchPlan, planLaunch, type Sizes, type Target } from '@qernel/codegen'
import { cuda } from '@qernel/codegen-cuda'
import type { Device, DeviceBuffer, Executable, KernelTime, LaunchOptions } from '../device.ts'
import { ArgumentError, DeviceLostError, DeviceOperationError, NoDeviceError } from '../errors.ts'
import { Executables } from '../executables.ts'
import type { NumericsProfile } from '../numerics-profile.ts'
import type { CudaCompiler } from './cuda-compiler.ts'
import { CudaError, type Driver, type Handle, loadDriver } from './driver.ts'
import { type CudaExecutable, compileExecutable } from './executable.ts'
import { findCompiler } from './find-compiler.ts'
import { chooseGpu, type Gpu, listGpus } from './gpus.ts'
import { type AddressOf, launch } from './launch.ts'
import { allocate, type CudaBuffer, download, fill, upload } from './memory.ts'
import { probeNumerics } from './probe.ts'
import { architectureOf, cudaTarget } from './target.ts'

/**
 * GPUs whose context this process has broken, with the reason. A failing kernel makes its context permanently unusable, and all devices
 * of this process on that GPU share the context.
 */
const broken = new Map<number, string>()

/**
 * Opens a GPU through CUDA's driver API and measures its numerics.
 * @param choice an ordinal or a part of a name; the first GPU by default
 * @throws NoDeviceError if the driver, a compiler or such a GPU is missing, or if an earlier kernel of this process broke its context
 */
export async function openCudaDevice(choice?: string): Promise<Device> {
  const driver = await loadDriver()
  const { gpu, because } = chooseGpu(listGpus(driver), choice)
  const problem = broken.get(gpu.ordinal)
  if (problem !== undefined) throw new NoDeviceError(`${problem}; start a new process`)
  const compiler = await findCompiler()
  const { default: koffi } = await import('koffi')
  const addressOf: AddressOf = bytes => koffi.address(bytes)
  const { functions, get, check } = driver
  let isRetained = false
  try {
    const context = get<Handle>(out => functions.cuDevicePrimaryCtxRetain(out, gpu.device))
    isRetained = true
    check(functions.cuCtxSetCurrent(context))
    const target = cudaTarget(driver, gpu.device)
    const architecture = architectureOf(driver, gpu.device)
    const lanes = target.subgroup?.max ?? 1
    const profile = await probeNumerics(driver, addressOf, compiler, architecture, lanes)
    return new CudaDevice({ driver, compiler, addressOf, gpu, context, architecture, because, target, profile })
  } catch (error) {
    if (isRetained) functions.cuDevicePrimaryCtxRelease_v2(gpu.device)
    if (!(error instanceof CudaError)) throw error
    throw new NoDeviceError(`No CUDA device: ${gpu.name} cannot be used: ${error.message}`, { cause: error })
  }
}

interface Parts {
  readonly driver: Driver
  readonly compiler: CudaCompiler
  readonly addressOf: AddressOf
  readonly gpu: Gpu
  readonly context: Handle
  readonly architecture: number
  readonly because: string
  readonly target: Target
  readonly profile: NumericsProfile
}

/** Whether nothing more can run in the context after an error: a kernel faulted or the hardware failed. */
const isFatal = ({ result }: CudaError): boolean => (result >= 700 && result < 720 && result !== 701) || result === 214

class CudaDevice implements Device {
  readonly kind = 'cuda'
  readonly backEnd = cuda
  readonly name: string
  readonly driver: string
  readonly isSoftware = false
  readonly chosenBecause: string
  readonly target: Target
  readonly profile: NumericsProfile
  readonly lost: Promise<DeviceLostError>
  readonly #parts: Parts
  readonly #executables = new Executables<CudaExecutable>()
  readonly #buffers = new Set<CudaBuffer>()
  /** Launches run one after another, so that none is measured while another runs. */
  #lastLaunch: Promise<unknown> = Promise.resolve()
  #lostError: DeviceLostError | undefined
  #tellLost: (error: DeviceLostError) => void = () => undefined

  constructor(parts: Parts) {
    const { driver, compiler, gpu, architecture, because, target, profile } = parts
    this.#parts = parts
    this.name = gpu.name
    this.driver = `CUDA ${driver.versionText}, ${compiler.name}, compute capability ${(architecture / 10).toFixed(1)}`
    this.chosenBecause = because
    this.target = target
    this.profile = profile
    this.lost = new Promise(resolve => {
      this.#tellLost = resolve
    })
  }

  load(compiled: CompiledKernel): Promise<Executable> {
    const { driver, compiler, architecture } = this.#parts
    return this.#executables.load(compiled, () =>
      this.#use(`loading of ${compiled.kernel}`, () => compileExecutable(driver, compiler, architecture, compiled)),
    )
  }

  unload(executable: Executable): void {
    if (this.#lostError || !this.#executables.giveBack(executable)) return
    const { driver, context } = this.#parts
    driver.functions.cuCtxSetCurrent(context)
    driver.functions.cuModuleUnload((executable as CudaExecutable).module)
  }

  allocate(byteLength: number): Promise<DeviceBuffer> {
    return this.#use(`allocation of ${byteLength} bytes`, () => {
      const buffer = allocate(this.#parts.driver, byteLength)
      this.#buffers.add(buffer)
      return buffer
    })
  }

  free(buffer: DeviceBuffer): void {
    if (this.#lostError) return
    const own = this.#own(buffer)
    this.#buffers.delete(own)
    this.#parts.driver.functions.cuMemFree_v2(own.pointer)
  }

  upload(buffer: DeviceBuffer, bytes: Uint8Array, offset = 0): Promise<void> {
    return this.#use(`upload of ${bytes.length} bytes`, () =>
      upload(this.#parts.driver, this.#own(buffer), bytes, offset),
    )
  }

  download(buffer: DeviceBuffer, offset = 0, byteLength = buffer.byteLength - offset): Promise<Uint8Array> {
    return this.#use(`download of ${byteLength} bytes`, () =>
      download(this.#parts.driver, this.#own(buffer), offset, byteLength),
    )
  }

  fill(buffer: DeviceBuffer, word: number): Promise<void> {
    return this.#use(`filling of ${buffer.byteLength} bytes`, () => fill(this.#parts.driver, this.#own(buffer), word))
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
      this.#use(`launch of ${executable.compiled.kernel}`, () => {
        const { driver, addressOf } = this.#parts
        const own = new Map([...buffers].map(([name, buffer]) => [name, this.#own(buffer)]))
        return launch(driver, addressOf, executable as CudaExecutable, plan, own, options)
      })
    const result = this.#lastLaunch.then(task, task)
    this.#lastLaunch = result
    return result
  }

  async close(): Promise<void> {
    if (this.#lostError) return
    this.#lose(new DeviceLostError('closed', `The device ${this.name} was closed`))
    const { driver, gpu } = this.#parts
    const executables = await this.#executables.clear()
    for (const { pointer } of this.#buffers) driver.functions.cuMemFree_v2(pointer)
    for (const { module } of executables) driver.functions.cuModuleUnload(module)
    this.#buffers.clear()
    driver.functions.cuDevicePrimaryCtxRelease_v2(gpu.device)
  }

  /** Runs a task in the context of this device. A kernel fault, which any later call may report, ends the device. */
  async #use<Result>(what: string, task: () => Promise<Result> | Result): Promise<Result> {
    if (this.#lostError) throw this.#lostError
    const { driver, context, gpu } = this.#parts
    try {
      driver.check(driver.functions.cuCtxSetCurrent(context))
      return await task()
    } catch (error) {
      if (!(error instanceof CudaError)) throw this.#lostError ?? error
      if (!isFatal(error))
        throw new DeviceOperationError('internal', `The device failed during the ${what}: ${error.message}`)
      const problem = `A kernel broke the CUDA context of ${this.name} (${error.message})`
      broken.set(gpu.ordinal, problem)
      this.#lose(
        new DeviceLostError('lost', `${problem}, noticed at the ${what}; nothing more can run in this process`),
      )
      throw this.#lostError
    }
  }

  #lose(error: DeviceLostError): void {
    this.#lostError ??= error
    this.#tellLost(this.#lostError)
  }

  #own(buffer: DeviceBuffer): CudaBuffer {
    if (this.#buffers.has(buffer as CudaBuffer)) return buffer as CudaBuffer
    throw new ArgumentError(`A buffer of another device, or one that has been freed, was passed to ${this.name}`)
  }
}
