import { constants } from 'node:os'
import { SoftwareDriverError } from './errors.ts'
import { type SoftwareDriver, unpackSoftwareDriver } from './unpack.ts'

/** `RTLD_NODELETE`, which Node does not name: the library stays loaded although Node closes its handle. */
const RTLD_NODELETE = 0x1000

const loaded = new Set<string>()

/**
 * Loads a Vulkan loader into this process, so that a later `dlopen("libvulkan.so.1")` finds it by its name. A system with a loader
 * of its own keeps that one if it was opened first.
 * @throws SoftwareDriverError where the library cannot be loaded, with the reason that the dynamic linker gave.
 */
export function loadVulkanLoader(path: string): void {
  if (loaded.has(path)) return
  const { RTLD_NOW, RTLD_GLOBAL } = constants.dlopen
  try {
    process.dlopen({ exports: {} }, path, RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE)
  } catch (error) {
    // The loader is no Node add-on, so Node complains after having loaded it; any other error means that it was not loaded.
    const message = error instanceof Error ? error.message : String(error)
    if (!message.includes('did not self-register')) {
      throw new SoftwareDriverError(`Cannot load the Vulkan loader: ${message}`, { cause: error })
    }
  }
  loaded.add(path)
}

/**
 * Makes SwiftShader the only Vulkan driver that this process sees from now on: loads a Vulkan loader and points `VK_DRIVER_FILES` and
 * `VK_ICD_FILENAMES` at the driver. Call it on the main thread: a worker's environment is a copy that no driver sees.
 * @throws SoftwareDriverError on any system other than Linux on x86-64, or where it cannot be unpacked or loaded.
 */
export async function installSoftwareDriver(): Promise<SoftwareDriver> {
  const driver = await unpackSoftwareDriver()
  loadVulkanLoader(driver.loader)
  process.env.VK_DRIVER_FILES = driver.icd
  process.env.VK_ICD_FILENAMES = driver.icd
  return driver
}
