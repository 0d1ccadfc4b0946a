import { type CompileOptions, prepare, type TracedKernel } from '@qernel/codegen'
import { loopLines, provenance } from '@qernel/codegen/internal'
import type { Kernel } from '@qernel/dsl'
import type { Step } from '@qernel/schedule'
import { fallbackOf } from './fallback.ts'
import { type Launcher, launcherOf } from './launch/launcher.ts'
import { ownPrefix, shortHash } from './own-names.ts'
import { pipeline } from './passes.ts'
import { type PrintedKernels, printKernels } from './print/print-program.ts'
import { renderSourceFile } from './source-file.ts'

/** __fsqrt_rn is correctly rounded. */
const exactOperations: readonly 'sqrt'[] = ['sqrt']
const build = 'nvcc or NVRTC; -use_fast_math and -ftz=true would change results'

export interface FileOptions extends CompileOptions {
  /** The header file that declares and documents the host function. */
  readonly declaredIn?: string
}

/** A source file, with the information that its accompanying files need. */
export interface CompiledFile {
  readonly compiled: TracedKernel
  readonly printed: PrintedKernels
  readonly launcher: Launcher
  /** Makes the header of another file of the same definition and schedule, as lines without comment markers. */
  readonly provenance: (recipe: NonNullable<CompileOptions['recipe']>) => readonly string[]
}

export function compileFile(kernel: Kernel, steps: readonly Step[], options: FileOptions): CompiledFile {
  const { declaredIn, ...compileOptions } = options
  const target = options.target ?? pipeline.portableTarget
  const { scheduled, finished } = prepare(pipeline, kernel, steps, options)
  const headerOf = (recipe: CompileOptions['recipe']) =>
    provenance(kernel, scheduled, target, {
      ...compileOptions,
      ...(recipe === undefined ? {} : { recipe }),
      exactOperations,
      build,
    })
  const hash = shortHash(kernel)
  const printed = printKernels(finished, target, hash)
  const fallback = options.fallback === false ? undefined : fallbackOf(printed, scheduled, target, compileOptions, hash)
  const launcher = launcherOf(kernel.name, printed, fallback)
  const { arrays, sizes, requires, launches } = finished
  const source = renderSourceFile({
    header: headerOf(options.recipe),
    scope: `${ownPrefix(kernel)}_file`,
    scheduled: printed,
    fallback,
    launcher,
    declaredIn,
  })
  return {
    compiled: {
      kernel: kernel.name,
      target: 'cuda',
      source,
      loopLines: loopLines(
        source,
        printed.kernels.map(({ code }) => code),
      ),
      arrays,
      sizes,
      requires,
      launches: launches.map(launch => ({ ...launch, entry: printed.names.of(launch.entry) })),
    },
    printed,
    launcher,
    provenance: headerOf,
  }
}
