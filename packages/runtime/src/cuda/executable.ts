import type { ArrayParameter, CompiledKernel } from '@qernel/codegen'
import type { Executable } from '../device.ts'
import { KernelCompileError } from '../errors.ts'
import { CompilationLog, quoteErrors } from './compilation-log.ts'
import type { CudaCompiler } from './cuda-compiler.ts'
import type { Driver, Handle } from './driver.ts'

/** A loaded kernel, with a function for each entry point. */
export interface CudaExecutable extends Executable {
  readonly module: Handle
  readonly entries: ReadonlyMap<string, Entry>
}

export interface Entry {
  readonly handle: Handle
  /** The array arguments in order; the sizes follow them. */
  readonly arrays: readonly ArrayParameter[]
}

/** @throws KernelCompileError that quotes each rejected line */
export async function compileExecutable(
  driver: Driver,
  compiler: CudaCompiler,
  architecture: number,
  compiled: CompiledKernel,
): Promise<CudaExecutable> {
  const { kernel, target, source } = compiled
  if (target !== 'cuda') {
    throw new KernelCompileError(`${kernel} was compiled for ${target}; a CUDA device runs cuda`, source)
  }
  const image = await translate(compiler, source, kernel, architecture)
  const { functions, get } = driver
  const module = get<Handle>(out => functions.cuModuleLoadData(out, image))
  const entries = compiled.launches.map(({ entry, arrays }): [string, Entry] => {
    const handle = get<Handle>(out => functions.cuModuleGetFunction(out, module, entry))
    const parameters = arrays.map(name => compiled.arrays.find(array => array.name === name) as ArrayParameter)
    return [entry, { handle, arrays: parameters }]
  })
  return { compiled, module, entries: new Map(entries) }
}

export async function translate(
  compiler: CudaCompiler,
  source: string,
  kernel: string,
  architecture: number,
): Promise<Uint8Array> {
  try {
    return await compiler.compile(source, `${kernel}.cu`, architecture)
  } catch (error) {
    if (!(error instanceof CompilationLog)) throw error
    const quoted = quoteErrors(error.message, source)
    throw new KernelCompileError(`The CUDA of ${kernel} does not compile with ${compiler.name}:\n${quoted}`, source)
  }
}
