import { constants } from 'node:os'
import { SoftwareDriverError } from './errors.ts'
import { type SoftwareDriver, unpackSoftwareDriver } from './unpack.ts'

/** `RTLD_NODELETE`, for which Node has no constant. It keeps the library loaded although Node closes its handle. */
const RTLD_NODELETE = 0x1000

const loaded = new Set<string>()

/**
 * Loads a Vulkan loader into this process, so that a later `dlopen("libvulkan.so.1")` finds it by its name. If the system's own loader
 * was opened first, that one stays in use.
 * @throws SoftwareDriverError if the library cannot be loaded; the message contains the reason from the dynamic linker.
 */
export function loadVulkanLoader(path: string): void {
  if (loaded.has(path)) return
  const { RTLD_NOW, RTLD_GLOBAL } = constants.dlopen
  try {
    process.dlopen({ exports: {} }, path, RTLD_NOW | RTLD_GLOBAL | RTLD_NODELETE)
  } catch (error) {
    // The loader is not a Node add-on, so Node reports an error after it has loaded it. Any other error means that it was not loaded.
    const message = error instanceof Error ? error.message : String(error)
    if (!message.includes('did not self-register')) {
      throw new SoftwareDriverError(`Cannot load the Vulkan loader: ${message}`, { cause: error })
    }
  }
  loaded.add(path)
}

/**
 * Makes SwiftShader the only Vulkan driver of this process from now on: loads a Vulkan loader and sets `VK_DRIVER_FILES` and
 * `VK_ICD_FILENAMES` to the driver. Call it on the main thread, because a worker's environment is a copy that drivers do not read.
 * @throws SoftwareDriverError on systems other than Linux on x86-64, or if the driver cannot be unpacked or loaded.
 */
export async function installSoftwareDriver(): Promise<SoftwareDriver> {
  const driver = await unpackSoftwareDriver()
  loadVulkanLoader(driver.loader)
  process.env.VK_DRIVER_FILES = driver.icd
  process.env.VK_ICD_FILENAMES = driver.icd
  return driver
}
