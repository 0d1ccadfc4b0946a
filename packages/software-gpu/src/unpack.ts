import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'
import { parseTar } from 'nanotar'
import { cacheFolder } from './cache-folder.ts'
import { SoftwareDriverError } from './errors.ts'

export interface SoftwareDriver {
  readonly name: string
  /** The manifest by which a Vulkan loader finds the driver: a value for `VK_DRIVER_FILES` and `VK_ICD_FILENAMES`. */
  readonly icd: string
  /** A Vulkan loader, for machines that have none. */
  readonly loader: string
}

const manifestFile = 'vk_swiftshader_icd.json'
const loaderFile = 'libvulkan.so.1'
const wantedFiles = [manifestFile, loaderFile, 'libvk_swiftshader.so']

/**
 * Unpacks SwiftShader and its Vulkan loader into the user's cache, once for each version. Several processes may do so at the same time:
 * each fills a folder of its own and the first to finish gives it the final name.
 * @throws SoftwareDriverError on anything but Linux on x86-64, or where the package or a writable folder is missing.
 */
export async function unpackSoftwareDriver(): Promise<SoftwareDriver> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new SoftwareDriverError(
      `The software GPU is built for Linux on x86-64 only, not for ${process.platform} on ${process.arch}`,
    )
  }
  const source = chromiumPackage()
  const folder = join(cacheFolder(), `swiftshader-${source.version}`)
  if (!existsSync(folder)) await unpackInto(folder, source.archive)
  return {
    name: `SwiftShader (from @sparticuz/chromium ${source.version})`,
    icd: join(folder, manifestFile),
    loader: join(folder, loaderFile),
  }
}

async function unpackInto(folder: string, archive: string): Promise<void> {
  const tar = await promisify(brotliDecompress)(readFileSync(archive))
  const unfinished = `${folder}.${process.pid}-${randomUUID()}`
  mkdirSync(unfinished, { mode: 0o700 })
  try {
    const files = new Map(parseTar(tar).map(file => [file.name.replace(/^\.\//, ''), file.data]))
    for (const name of wantedFiles) {
      const data = files.get(name)
      if (data === undefined) throw new SoftwareDriverError(`${archive} holds no ${name}`)
      writeFileSync(join(unfinished, name), data, { mode: name === manifestFile ? 0o600 : 0o700 })
    }
    try {
      renameSync(unfinished, folder)
    } catch (error) {
      // Another process was faster: its folder is complete, since it got its name by the same rename.
      if (!existsSync(folder)) throw error
    }
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
}

/** Where the package that carries SwiftShader lies. Its `exports` hide both files, so they are found from its entry. */
function chromiumPackage(): { version: string; archive: string } {
  const require = createRequire(import.meta.url)
  let entry: string
  try {
    entry = require.resolve('@sparticuz/chromium')
  } catch (cause) {
    throw new SoftwareDriverError('The package @sparticuz/chromium, which carries SwiftShader, is not installed', {
      cause,
    })
  }
  const root = join(dirname(entry), '..', '..')
  const { version }: { version: string } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  return { version, archive: join(root, 'bin', 'swiftshader.tar.br') }
}
