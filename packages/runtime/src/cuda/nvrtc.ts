/** NVRTC, the compiler as a library. */
import { existsSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { dirname, isAbsolute, join } from 'node:path'
import { CompilationLog } from './compilation-log.ts'
import type { CudaCompiler } from './cuda-compiler.ts'
import type { Handle } from './driver.ts'
import { loadFirst } from './shared-library.ts'
import { slots } from './slots.ts'

type Out<Value> = [Value | null]

interface NvrtcFunctions {
  nvrtcVersion(major: Out<number>, minor: Out<number>): number
  nvrtcGetErrorString(result: number): string
  nvrtcGetNumSupportedArchs(count: Out<number>): number
  nvrtcGetSupportedArchs(architectures: Int32Array): number
  nvrtcCreateProgram(
    program: Out<Handle>,
    source: string,
    name: string,
    headers: 0,
    headerSources: null,
    includeNames: null,
  ): number
  readonly nvrtcCompileProgram: {
    /** Compiles on another thread, so that programs compile in parallel. */
    async(
      program: Handle,
      count: number,
      options: readonly string[],
      done: (error: Error | null, result: number) => void,
    ): void
  }
  nvrtcGetProgramLogSize(program: Handle, bytes: Out<number>): number
  nvrtcGetProgramLog(program: Handle, log: Uint8Array): number
  nvrtcGetCUBINSize(program: Handle, bytes: Out<number>): number
  nvrtcGetCUBIN(program: Handle, cubin: Uint8Array): number
  nvrtcGetPTXSize(program: Handle, bytes: Out<number>): number
  nvrtcGetPTX(program: Handle, ptx: Uint8Array): number
  nvrtcDestroyProgram(program: Handle[]): number
}

const declarations: Readonly<Record<keyof NvrtcFunctions, string>> = {
  nvrtcVersion: 'int nvrtcVersion(_Out_ int *major, _Out_ int *minor)',
  nvrtcGetErrorString: 'const char *nvrtcGetErrorString(int result)',
  nvrtcGetNumSupportedArchs: 'int nvrtcGetNumSupportedArchs(_Out_ int *count)',
  nvrtcGetSupportedArchs: 'int nvrtcGetSupportedArchs(void *architectures)',
  nvrtcCreateProgram:
    'int nvrtcCreateProgram(_Out_ uintptr_t *program, const char *source, const char *name, int headers, void *headerSources, void *includeNames)',
  nvrtcCompileProgram: 'int nvrtcCompileProgram(uintptr_t program, int count, const char **options)',
  nvrtcGetProgramLogSize: 'int nvrtcGetProgramLogSize(uintptr_t program, _Out_ size_t *bytes)',
  nvrtcGetProgramLog: 'int nvrtcGetProgramLog(uintptr_t program, void *log)',
  nvrtcGetCUBINSize: 'int nvrtcGetCUBINSize(uintptr_t program, _Out_ size_t *bytes)',
  nvrtcGetCUBIN: 'int nvrtcGetCUBIN(uintptr_t program, void *cubin)',
  nvrtcGetPTXSize: 'int nvrtcGetPTXSize(uintptr_t program, _Out_ size_t *bytes)',
  nvrtcGetPTX: 'int nvrtcGetPTX(uintptr_t program, void *ptx)',
  nvrtcDestroyProgram: 'int nvrtcDestroyProgram(_Inout_ uintptr_t *program)',
}

/**
 * @param folders toolkit folders
 * @param named the only library to try
 * @returns undefined if NVRTC is not installed, or too old to make cubins (before CUDA 11.2)
 */
export async function loadNvrtc(
  folders: readonly string[],
  named: string | undefined,
): Promise<CudaCompiler | undefined> {
  const library = await loadFirst(named ? [named] : [...librariesOf(folders), ...usualNames])
  if (library === undefined) return undefined
  let functions: NvrtcFunctions
  try {
    functions = Object.fromEntries(
      Object.entries(declarations).map(([name, declaration]) => [name, library.handle.func(declaration)]),
    ) as unknown as NvrtcFunctions
  } catch {
    return undefined
  }
  const [major, minor]: [Out<number>, Out<number>] = [[null], [null]]
  check(functions, functions.nvrtcVersion(major, minor))
  const own = isAbsolute(library.path) ? [dirname(dirname(library.path))] : []
  const include = includeFolder([...own, ...folders])
  const supported = supportedArchitectures(functions)
  // More calls at a time would not run faster, and koffi rejects more than a few hundred.
  const inTurn = slots(availableParallelism())
  return {
    name: `NVRTC ${major[0]}.${minor[0]}`,
    compile: (source, name, architecture) =>
      inTurn(() => compile(functions, source, name, architecture, supported, include)),
  }
}

/** Names by which the system's loader finds the library, newest first. */
const usualNames =
  process.platform === 'win32'
    ? ['nvrtc64_130_0.dll', 'nvrtc64_120_0.dll', 'nvrtc64_112_0.dll']
    : ['libnvrtc.so.13', 'libnvrtc.so.12', 'libnvrtc.so.11.2', 'libnvrtc.so']

/** The libraries in the toolkit folders. */
function librariesOf(folders: readonly string[]): string[] {
  const places = folders.flatMap(folder =>
    ['lib64', 'lib', 'bin', join('targets', 'x86_64-linux', 'lib'), join('lib', 'x86_64-linux-gnu')].map(place =>
      join(folder, place),
    ),
  )
  return places.flatMap(place =>
    namesIn(place)
      .filter(name => /^(libnvrtc\.so(\.[\d.]+)?|nvrtc64_\d+_\d+\.dll)$/.test(name))
      .sort()
      .map(name => join(place, name)),
  )
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

/** The first folder with CUDA's headers, which kernels need for f16 and bf16. Folders of the library's own version come first. */
const includeFolder = (folders: readonly string[]): string | undefined =>
  folders.map(folder => join(folder, 'include')).find(folder => existsSync(join(folder, 'cuda_fp16.h')))

function supportedArchitectures(functions: NvrtcFunctions): number[] {
  const count: Out<number> = [null]
  check(functions, functions.nvrtcGetNumSupportedArchs(count))
  const architectures = new Int32Array(new ArrayBuffer(4 * (count[0] as number)))
  check(functions, functions.nvrtcGetSupportedArchs(architectures))
  return [...architectures]
}

async function compile(
  functions: NvrtcFunctions,
  source: string,
  name: string,
  architecture: number,
  supported: readonly number[],
  include: string | undefined,
): Promise<Uint8Array> {
  const older = supported.filter(one => one <= architecture)
  if (older.length === 0) {
    throw new CompilationLog(`NVRTC makes code for compute capabilities ${supported.join(', ')}, not ${architecture}`)
  }
  // Machine code for an older generation does not run on a newer GPU, but PTX does.
  const isKnown = supported.includes(architecture)
  const options = [
    isKnown ? `--gpu-architecture=sm_${architecture}` : `--gpu-architecture=compute_${Math.max(...older)}`,
    '--std=c++17',
    ...(include === undefined ? [] : [`--include-path=${include}`]),
  ]
  const created: Out<Handle> = [null]
  check(functions, functions.nvrtcCreateProgram(created, source, name, 0, null, null))
  const program = created[0] as Handle
  try {
    const result = await new Promise<number>((resolve, reject) => {
      functions.nvrtcCompileProgram.async(program, options.length, options, (error, answer) =>
        error === null ? resolve(answer) : reject(error),
      )
    })
    if (result !== 0) throw new CompilationLog(logOf(functions, program) || functions.nvrtcGetErrorString(result))
    const [sizeOf, write] = isKnown
      ? [functions.nvrtcGetCUBINSize, functions.nvrtcGetCUBIN]
      : [functions.nvrtcGetPTXSize, functions.nvrtcGetPTX]
    return read(functions, program, sizeOf, write)
  } finally {
    functions.nvrtcDestroyProgram([program])
  }
}

function logOf(functions: NvrtcFunctions, program: Handle): string {
  const bytes = read(functions, program, functions.nvrtcGetProgramLogSize, functions.nvrtcGetProgramLog)
  return new TextDecoder().decode(bytes).replace(/\0+$/, '')
}

function read(
  functions: NvrtcFunctions,
  program: Handle,
  sizeOf: (program: Handle, bytes: Out<number>) => number,
  write: (program: Handle, bytes: Uint8Array) => number,
): Uint8Array {
  const size: Out<number> = [null]
  check(functions, sizeOf(program, size))
  const bytes = new Uint8Array(new ArrayBuffer(size[0] as number))
  check(functions, write(program, bytes))
  return bytes
}

function check(functions: NvrtcFunctions, result: number): void {
  if (result !== 0) throw new Error(`NVRTC: ${functions.nvrtcGetErrorString(result)}`)
}
