/** A headless Chromium whose WebGPU runs on SwiftShader, for tests of pages in a real browser without a GPU or a display: the one from npm, or that of the system. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { unpackOnce } from './archives.ts'
import { driverArchive, driverFiles } from './unpack.ts'

/** The options to start the browser, as for `child_process.spawn` and Playwright's `launch`. */
export interface Chromium {
  readonly executablePath: string
  /** Variables to add to those of the process, so that the browser finds libraries that few servers have. */
  readonly env: Readonly<Record<string, string>>
  readonly args: readonly string[]
}

/** The sandbox needs rights that containers rarely grant. Without it, open only your own pages. */
const args = ['--no-sandbox', '--enable-unsafe-webgpu', '--use-webgpu-adapter=swiftshader', '--enable-features=Vulkan']

/** Where Debian and its descendants put the browser. */
const installed = '/usr/bin/chromium'

const libraries = [
  'libexpat.so.1',
  'libfreebl3.so',
  'libfreeblpriv3.so',
  'libnspr4.so',
  'libnss3.so',
  'libnssutil3.so',
  'libplc4.so',
  'libplds4.so',
  'libsoftokn3.so',
]

/**
 * Unpacks Chromium (197 MB) and its libraries into the user's cache, once per version.
 * @throws SoftwareDriverError on systems other than Linux on x86-64, or if the package or a writable folder is missing.
 */
export async function unpackChromium(): Promise<Chromium> {
  const { folder } = await unpackOnce('chromium', [
    { file: 'chromium.br', holds: 'chromium' },
    { file: 'al2023.tar.br', holds: new Map(libraries.map(name => [`lib/${name}`, name])) },
    driverArchive([...driverFiles, 'libEGL.so', 'libGLESv2.so']),
  ])
  return {
    executablePath: join(folder, 'chromium'),
    env: { LD_LIBRARY_PATH: folder },
    args,
  }
}

/** The Chromium that the system has as a package (Debian: `apt-get install chromium`), which brings SwiftShader. Undefined if there is none. */
export const installedChromium = (): Chromium | undefined =>
  existsSync(installed) ? { executablePath: installed, env: {}, args } : undefined
