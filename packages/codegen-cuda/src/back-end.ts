import type { BackEnd } from '@qernel/codegen'
import { compileFile } from './compile-file.ts'
import { pipeline } from './passes.ts'

/** CUDA C++ for nvcc and NVRTC: a file that holds the kernels and, for nvcc, a host function that launches them. */
export const cuda: BackEnd = {
  ...pipeline,
  compile: (kernel, steps, options = {}) => compileFile(kernel, steps, options).compiled,
}
