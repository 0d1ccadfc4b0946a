import type { BackEnd } from '@qernel/codegen'
import { compileFile } from './compile-file.ts'
import { portableTarget } from './portable-target.ts'

/** CUDA C++ for nvcc and NVRTC: a file that holds the kernels and, for nvcc, a host function that launches them. */
export const cuda: BackEnd = {
  name: 'cuda',
  portableTarget,
  compile: (kernel, steps, options = {}) => compileFile(kernel, steps, options).compiled,
}
