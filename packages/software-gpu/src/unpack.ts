import { join } from 'node:path'
import { type Archive, unpackOnce } from './archives.ts'

/** A Vulkan driver that runs on the CPU, with a loader for it. */
export interface SoftwareDriver {
  readonly name: string
  /** The path of the manifest through which a Vulkan loader finds the driver, a value for `VK_DRIVER_FILES` and `VK_ICD_FILENAMES`. */
  readonly icd: string
  /** A Vulkan loader, for machines that have none. */
  readonly loader: string
}

const manifestFile = 'vk_swiftshader_icd.json'
const loaderFile = 'libvulkan.so.1'

/** The archive of SwiftShader, with the files to extract. */
export const driverArchive = (files: readonly string[]): Archive => ({
  file: 'swiftshader.tar.br',
  holds: new Map(files.map(file => [file, file])),
})

/** SwiftShader and its Vulkan loader. */
export const driverFiles = [manifestFile, loaderFile, 'libvk_swiftshader.so']

/**
 * Unpacks SwiftShader and its Vulkan loader into the user's cache, once per version.
 * @throws SoftwareDriverError on systems other than Linux on x86-64, or if the package or a writable folder is missing.
 */
export async function unpackSoftwareDriver(): Promise<SoftwareDriver> {
  const { folder, version } = await unpackOnce('swiftshader', [driverArchive(driverFiles)])
  return {
    name: `SwiftShader (from @sparticuz/chromium ${version})`,
    icd: join(folder, manifestFile),
    loader: join(folder, loaderFile),
  }
}
