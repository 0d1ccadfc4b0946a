/** Unpacks the archives of the package @sparticuz/chromium into the user's cache. */
import { randomUUID } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { brotliDecompress } from 'node:zlib'
import { parseTar } from 'nanotar'
import { cacheFolder } from './cache-folder.ts'
import { SoftwareDriverError } from './errors.ts'

/** One file of the package's folder `bin`, compressed by Brotli. */
export interface Archive {
  readonly file: string
  /**
   * For a tar archive, the files to extract: their paths in it, and their new names. A string means that the archive is a single file, and names
   * it.
   */
  readonly holds: string | ReadonlyMap<string, string>
}

export interface Unpacked {
  readonly folder: string
  /** The version of @sparticuz/chromium. */
  readonly version: string
}

/**
 * Unpacks archives into the folder `name`-`version` of the user's cache, once per version. Several processes may do so at the same time:
 * each fills a separate folder, and the first to finish gives its folder the final name.
 * @throws SoftwareDriverError on systems other than Linux on x86-64, or if the package, a file or a writable folder is missing.
 */
export async function unpackOnce(name: string, archives: readonly Archive[]): Promise<Unpacked> {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new SoftwareDriverError(
      `The software GPU is built for Linux on x86-64 only, not for ${process.platform} on ${process.arch}`,
    )
  }
  const { version, bin } = chromiumPackage()
  const folder = join(cacheFolder(), `${name}-${version}`)
  if (existsSync(folder)) return { folder, version }
  const unfinished = `${folder}.${process.pid}-${randomUUID()}`
  mkdirSync(unfinished, { mode: 0o700 })
  try {
    for (const archive of archives) await unpackInto(unfinished, join(bin, archive.file), archive.holds)
    try {
      renameSync(unfinished, folder)
    } catch (error) {
      // Another process was faster. Its folder is complete, since it also got its name by a rename.
      if (!existsSync(folder)) throw error
    }
  } finally {
    rmSync(unfinished, { recursive: true, force: true })
  }
  return { folder, version }
}

async function unpackInto(folder: string, archive: string, holds: Archive['holds']): Promise<void> {
  const bytes = await promisify(brotliDecompress)(readFileSync(archive))
  if (typeof holds === 'string') {
    writeFileSync(join(folder, holds), bytes, { mode: 0o700 })
    return
  }
  const files = new Map(parseTar(bytes).map(file => [file.name.replace(/^\.\//, ''), file.data]))
  for (const [path, name] of holds) {
    const data = files.get(path)
    if (data === undefined) throw new SoftwareDriverError(`${archive} holds no ${path}`)
    writeFileSync(join(folder, name), data, { mode: 0o700 })
  }
}

/** The folder of the package's archives. Its `exports` hide them, so they are located relative to its entry. */
function chromiumPackage(): { version: string; bin: string } {
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
  return { version, bin: join(root, 'bin') }
}
