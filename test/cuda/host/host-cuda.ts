/**
 * CUDA without a GPU: a library with the functions of CUDA's driver API and of NVRTC, which compiles generated files with the host's C++
 * compiler and runs their threads on the CPU. `openDevice({ kind: 'cuda' })` takes it for the real one, so what ships is what runs: the
 * generated file as it is, and the whole CUDA device.
 *
 * It finds mistakes that a GPU would not report: reads and writes outside arrays, misaligned vectors, barriers and shuffles that some threads
 * miss, shared memory that is read before it is written, and, by running threads in other orders, missing barriers.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import type { CompiledKernel } from '@qernel/codegen'
import { type Device, openDevice } from '@qernel/runtime'
import koffi, { type LibraryHandle } from 'koffi'

/** Whether there is a C++ compiler to do it with. */
export const hasHostCompiler = process.platform === 'linux' && spawnSync('g++', ['--version']).status === 0

/** What `runKernel` puts behind every array. */
export const redZoneBytes = 256
/** Files in one translation unit: enough that headers and starting the compiler hardly count. */
const filesOfUnit = 32

/** The library, once it is loaded. */
let loaded: LibraryHandle | undefined

export interface HostCuda {
  readonly device: Device
  /**
   * Compiles many files at once, in parallel, for `device.load` to find. Without it each `load` starts the compiler.
   * @throws Error with what the compiler said
   */
  compile(kernels: readonly Pick<CompiledKernel, 'source'>[]): Promise<void>
  /**
   * Runs a kernel `(unsigned* x, unsigned n)` called `k` on `n` words that count from 0, in one block.
   * @returns its mistake, or nothing if all is well
   */
  problemOf(source: string, threads: number, n: number): string
}

/**
 * Opens the device of this process.
 * @param redZone whether the end of every buffer is a red zone that no kernel may touch, as `runKernel` makes them
 * @param forgives whether a kernel that fails gives a DeviceOperationError and the device goes on; a GPU's context is lost for good then
 */
export async function openHostCuda({ redZone = true, forgives = true } = {}): Promise<HostCuda> {
  const path = buildLibrary()
  process.env.QERNEL_LIBCUDA = path
  process.env.QERNEL_LIBNVRTC = path
  const redZoneOf = (library: LibraryHandle) => library.func('void cudaHostRedZone(size_t bytes)')
  // A device is opened with arrays that are used to their ends.
  if (loaded !== undefined) redZoneOf(loaded)(0)
  const device = await openDevice({ kind: 'cuda' })
  // After the device, which is the first to load a library in other programs too: koffi's settings are made before.
  const library = loaded ?? koffi.load(path)
  loaded = library
  const setRedZone = redZoneOf(library)
  if (forgives) library.func('void cudaHostForgive()')()
  if (redZone) setRedZone(redZoneBytes)
  const compileUnit = library.func('const char *cudaHostCompile(const char **sources, int count)')
  const problemOf = library.func(
    'const char *cudaHostProblem(const char *source, unsigned int threads, unsigned int n)',
  )
  return {
    device,
    problemOf: (source, threads, n) => problemOf(source, threads, n),
    compile: async kernels => {
      const sources = [...new Set(kernels.map(({ source }) => source))]
      const units = Math.max(availableParallelism(), Math.ceil(sources.length / filesOfUnit))
      const compileOne = (unit: number) =>
        new Promise<string>((resolve, reject) => {
          const part = sources.filter((_, position) => position % units === unit)
          if (part.length === 0) return resolve('')
          compileUnit.async([...part], part.length, (error: Error | null, log: string) =>
            error === null ? resolve(log) : reject(error),
          )
        })
      const logs = await Promise.all(Array.from({ length: units }, (_, unit) => compileOne(unit)))
      const log = logs.find(text => text !== '')
      if (log !== undefined) throw new Error(log)
    },
  }
}

/** Builds the library where its sources have changed; returns its path. */
export function buildLibrary(): string {
  const folder = import.meta.dirname
  const files = ['driver', 'include'].flatMap(part => readdirSync(join(folder, part)).map(name => join(part, name)))
  const hash = createHash('sha256')
  for (const file of files.sort()) hash.update(file).update(readFileSync(join(folder, file)))
  const cache = join(folder, '..', '..', '..', 'node_modules', '.cache', 'qernel-cuda-host')
  const home = join(cache, hash.digest('hex').slice(0, 16))
  const path = join(home, 'libcuda-host.so')
  if (existsSync(path)) return path
  mkdirSync(cache, { recursive: true })
  const building = mkdtempSync(join(cache, 'building-'))
  const sources = files.filter(file => file.endsWith('.cpp')).map(file => join(folder, file))
  const flags = ['-std=c++17', '-O1', '-Wall', '-Wextra', '-Werror', '-shared', '-fPIC', '-U_FORTIFY_SOURCE']
  const output = join(building, 'libcuda-host.so')
  const { status, stderr } = spawnSync('g++', [...flags, '-o', output, ...sources, '-ldl', '-lpthread'], {
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`g++ cannot build test/cuda/host/driver:\n${stderr}`)
  cpSync(join(folder, 'include'), join(building, 'include'), { recursive: true })
  try {
    renameSync(building, home)
  } catch {
    // Another test was faster.
    rmSync(building, { recursive: true })
  }
  return path
}
