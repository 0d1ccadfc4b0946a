import { existsSync } from 'node:fs'
import { NoDeviceError } from '../errors.ts'
import type { CudaCompiler } from './cuda-compiler.ts'
import { findNvcc } from './nvcc.ts'
import { loadNvrtc } from './nvrtc.ts'

let found: Promise<CudaCompiler> | undefined

/**
 * The compiler of this machine, searched for once. `QERNEL_LIBNVRTC` can name a library, and `CUDA_HOME` or `CUDA_PATH` the folder of a toolkit.
 * @throws NoDeviceError if there is none
 */
export function findCompiler(): Promise<CudaCompiler> {
  found ??= find()
  return found
}

async function find(): Promise<CudaCompiler> {
  const named = process.env.QERNEL_LIBNVRTC
  const folders = toolkits()
  const compiler = (await loadNvrtc(folders, named)) ?? (named ? undefined : findNvcc(folders))
  if (compiler !== undefined) return compiler
  if (named) {
    throw new NoDeviceError(`No CUDA compiler: ${named}, which QERNEL_LIBNVRTC names, cannot be loaded as NVRTC`)
  }
  throw new NoDeviceError(
    'No CUDA compiler: neither NVRTC (libnvrtc.so) nor nvcc was found; install the CUDA toolkit, or set CUDA_HOME to its folder',
  )
}

/** Existing toolkit folders; those that the user names come first. */
function toolkits(): string[] {
  const { CUDA_HOME, CUDA_PATH } = process.env
  const usual = process.platform === 'win32' ? [] : ['/usr/local/cuda', '/opt/cuda', '/usr/lib/cuda', '/usr']
  return [CUDA_HOME, CUDA_PATH, ...usual].filter(
    (folder): folder is string => Boolean(folder) && existsSync(folder ?? ''),
  )
}
