import { type BackEnd, prepare, provenance } from '@qernel/codegen'
import { fallbackOf } from './fallback.ts'
import { portableTarget } from './portable-target.ts'
import { printKernels } from './print-program.ts'
import { renderSourceFile } from './source-file.ts'

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
    const printed = printKernels(lowered)
    const fallback = options.fallback === false ? undefined : fallbackOf(printed, scheduled, target, options)
    const source = renderSourceFile(kernel.name, header, printed, fallback)
    const { arrays, sizes, requires, launches } = lowered
    return {
      kernel: kernel.name,
      target: 'cuda',
      source,
      arrays,
      sizes,
      requires,
      launches: launches.map(launch => ({ ...launch, entry: printed.names.of(launch.entry) })),
    }
  },
}
