import { existsSync, readdirSync } from 'node:fs'
import { NoDeviceError } from '../../errors.ts'
import { dawn } from './dawn.ts'

/** A set of GPU drivers for Dawn. One process can use several sets at the same time. */
export interface DriverSet {
  readonly name: 'system' | 'software package'
  /** Its adapters, starting with the one that Dawn prefers; empty if there are none. */
  adapters(): Promise<NamedAdapter[]>
}

export interface NamedAdapter {
  /** The name of the device: "NVIDIA H100 80GB HBM3". WebGPU itself gives only a form without capitals and blanks. */
  readonly name: string
  readonly adapter: GPUAdapter
}

/** The drivers of the system, or those that the user names in `VK_DRIVER_FILES`. */
export const systemDrivers: DriverSet = {
  name: 'system',
  adapters: () => serially(() => adaptersOf('system')),
}

/** The software driver from npm. Rejects if `@qernel/software-gpu` is not installed or does not support this machine. */
export const softwarePackage: DriverSet = {
  name: 'software package',
  adapters: () =>
    serially(async () => {
      const { loadVulkanLoader, unpackSoftwareDriver } = await importSoftwareGpu()
      const driver = await unpackSoftwareDriver()
      loadVulkanLoader(driver.loader)
      const environment = { VK_DRIVER_FILES: driver.icd, VK_ICD_FILENAMES: driver.icd }
      return withEnvironment(environment, () => adaptersOf('software package'))
    }),
}

function importSoftwareGpu(): Promise<typeof import('@qernel/software-gpu')> {
  return import('@qernel/software-gpu').catch((cause: unknown) => {
    if ((cause as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw cause
    throw new NoDeviceError('@qernel/software-gpu is not installed', { cause })
  })
}

/** Whether the user chose the Vulkan drivers, so that those should be tried first. */
export function hasChosenDrivers(): boolean {
  return Boolean(process.env.VK_DRIVER_FILES || process.env.VK_ICD_FILENAMES)
}

/**
 * Whether the machine may have a GPU. On Linux, a GPU has a device node; without one, querying the system's drivers would only take 200 ms
 * and print their warnings.
 */
export function mayHaveHardware(): boolean {
  if (process.platform !== 'linux') return true
  if (existsSync('/dev/nvidiactl') || existsSync('/dev/dxg') || existsSync('/dev/kgsl-3d0')) return true
  return existsSync('/dev/dri') && readdirSync('/dev/dri').some(node => node.startsWith('renderD'))
}

async function adaptersOf(drivers: string): Promise<NamedAdapter[]> {
  const request = { powerPreference: 'high-performance' } as const
  const preferred = await (await dawn(drivers)).requestAdapter(request)
  if (preferred === null) return []
  const names = await adapterNames(drivers)
  const [only] = names
  if (only !== undefined && names.length === 1) return [{ name: only, adapter: preferred }]
  const found: NamedAdapter[] = []
  for (const name of names) {
    const adapter = await (await dawn(drivers, name)).requestAdapter(request)
    if (adapter === null) continue
    if (adapter.info.device === preferred.info.device) found.unshift({ name, adapter })
    else found.push({ name, adapter })
  }
  return found.length > 0 ? found : [{ name: preferred.info.description || preferred.info.device, adapter: preferred }]
}

/** Gets the names of Dawn's adapters from the error message for an adapter that does not exist, because Dawn lists them nowhere else. */
async function adapterNames(drivers: string): Promise<string[]> {
  const gpu = await dawn(drivers, '(list all)')
  const answer = await gpu.requestAdapter().then(
    () => '',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  )
  return [...new Set([...answer.matchAll(/^ \* backend: '[^']*', name: '(.*)'$/gm)].map(match => match[1] as string))]
}

/** Vulkan's loader reads the environment while an adapter is requested, so requests must not overlap. */
let previous: Promise<unknown> = Promise.resolve()

function serially<Result>(task: () => Promise<Result>): Promise<Result> {
  const result = previous.then(task, task)
  previous = result
  return result
}

async function withEnvironment<Result>(
  variables: Record<string, string>,
  task: () => Promise<Result>,
): Promise<Result> {
  const before = Object.keys(variables).map(name => [name, process.env[name]] as const)
  Object.assign(process.env, variables)
  try {
    return await task()
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name]
      else process.env[name] = value
    }
  }
}
