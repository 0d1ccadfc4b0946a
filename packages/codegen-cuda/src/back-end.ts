import { type BackEnd, prepare, provenance } from '@qernel/codegen'
import { portableTarget } from './portable-target.ts'
import { printProgram } from './print-program.ts'

/** __fsqrt_rn is correctly rounded. */
const exactOperations: readonly 'sqrt'[] = ['sqrt']
const build = 'nvcc or NVRTC; -use_fast_math and -ftz=true would change results'

/** CUDA C++ for nvcc and NVRTC: a file that holds the kernels and, for nvcc, a host function that launches them. */
export const cuda: BackEnd = {
  name: 'cuda',
  portableTarget,
  compile(kernel, steps, options = {}) {
    const target = options.target ?? portableTarget
    const { scheduled, lowered } = prepare(kernel, steps, target, options)
    const header = provenance(kernel, scheduled, target, { ...options, exactOperations, build })
    const { source, entryName } = printProgram(kernel.name, lowered, header)
    const { arrays, sizes, requires, launches } = lowered
    return {
      kernel: kernel.name,
      target: 'cuda',
      source,
      arrays,
      sizes,
      requires,
      launches: launches.map(launch => ({ ...launch, entry: entryName(launch.entry) })),
    }
  },
}
