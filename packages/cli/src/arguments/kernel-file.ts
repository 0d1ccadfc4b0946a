/** KERNEL as a kernel of a file: `./mine.kernel.ts#halved`. The file is read and never executed. */
import { KernelFileError, type Lowered, loadKernel, renderDiagnostic, UnknownKernelName } from '@qernel/kernel-file'
import { type LibraryKernel, libraryKernel } from '@qernel/kernels'
import { fixedSchedule } from '@qernel/schedule'
import { fileError } from '../errors/file-error.ts'
import { UsageError } from '../errors/usage-error.ts'

/** What KERNEL names. */
export interface KernelArgument<Options> {
  readonly library: LibraryKernel
  /** The options, without compile-time parameters in `set`. */
  readonly options: Options
  /** The compile-time parameters that were set, each as `name=value`. */
  readonly parameters: readonly string[]
}

/** Names of the library have neither dots nor slashes. */
export const isKernelFile = (name: string): boolean => /\.m?ts(#|$)/.test(name)

/**
 * The kernel of a file, with the schedules beside it.
 * @throws UsageError
 */
export async function kernelOfFile<Options extends { readonly set: readonly string[] }>(
  reference: string,
  options: Options,
): Promise<KernelArgument<Options>> {
  const given = options.set.map(text => [text.split('=', 1)[0] as string, text] as const)
  const { kernel, schedules, others } = await loaded(reference, given)
  const library = libraryKernel(kernel, {
    schedules: schedules.map(({ name, steps }) => fixedSchedule(steps, name)),
  })
  const isSize = ([name]: readonly [string, string]): boolean => others.includes(name)
  const set = given.filter(isSize).map(([, text]) => text)
  const parameters = given.filter(one => !isSize(one)).map(([, text]) => text)
  return { library, options: { ...options, set }, parameters }
}

async function loaded(reference: string, given: readonly (readonly [string, string])[]): Promise<Lowered> {
  const set = Object.fromEntries(given.map(([name, text]) => [name, text.slice(name.length + 1)]))
  try {
    return await loadKernel(reference, { set, allowOthers: true })
  } catch (error) {
    if (error instanceof KernelFileError) {
      const { length } = error.diagnostics
      const details = error.diagnostics.flatMap(one => renderDiagnostic(one).split('\n'))
      const what = `${length === 1 ? 'an error' : `${length} errors`} in the kernel file`
      throw new UsageError({ what, where: reference, details }, { cause: error })
    }
    if (error instanceof UnknownKernelName) throw new UsageError({ where: reference, ...error.parts }, { cause: error })
    throw fileError(error, reference.replace(/#.*$/, ''), 'read')
  }
}
