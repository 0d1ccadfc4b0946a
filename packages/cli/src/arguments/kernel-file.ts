/** KERNEL as a kernel of a file: `./mine.kernel.ts#halved`. The file is read and never executed. */
import { relative, resolve } from 'node:path'
import { bf16, f16, f32, type Kernel, type StorageType, storageTypes } from '@qernel/dsl'
import {
  KernelFileError,
  type KernelParameter,
  type Lowered,
  loadKernel,
  loadKernels,
  renderDiagnostic,
  UnknownKernelName,
} from '@qernel/kernel-file'
import { type LibraryKernel, libraryKernel } from '@qernel/kernels'
import { fixedSchedule } from '@qernel/schedule'
import { fileError } from '../errors/file-error.ts'
import { UsageError, unknownName } from '../errors/usage-error.ts'

/** What KERNEL names. */
export interface KernelArgument<Options> {
  readonly library: LibraryKernel
  /** The options, without compile-time parameters in `set`. */
  readonly options: Options
  /** Where it is defined, if that is a kernel file. */
  readonly origin?: KernelOrigin
  /** The compile-time parameters that a kernel file gives it. */
  readonly parameters?: readonly KernelParameter[]
}

/** A kernel of a file. */
export interface KernelOrigin {
  /** As the user named it, or as a generated file names it. */
  readonly path: string
  /** The name of the export. */
  readonly name: string
  /** The compile-time parameters that were set, each as `name=value`. */
  readonly parameters: readonly string[]
}

/** Names of the library have neither dots nor slashes. */
export const isKernelFile = (name: string): boolean => /\.m?ts(#|$)/.test(name)

/** The path in `./mine.kernel.ts#halved`. */
export const pathIn = (reference: string): string => reference.replace(/#[^#]*$/, '')

/**
 * The kernel of a file, with the schedules beside it.
 * @throws UsageError
 */
export async function kernelOfFile<Options extends { readonly set: readonly string[] }>(
  reference: string,
  options: Options,
): Promise<KernelArgument<Options>> {
  const given = options.set.map(text => [text.split('=', 1)[0] as string, text] as const)
  const lowered = await loaded(reference, given)
  const { kernel, schedules, others, name, parameters: declared } = lowered
  const isSize = ([name]: readonly [string, string]): boolean => others.includes(name)
  const sizes = kernel.sizes.map(size => size.name)
  const unknown = given.find(one => isSize(one) && !sizes.includes(one[0]))
  if (unknown !== undefined)
    throw unknownName('size or parameter', unknown[0], [...declared.map(one => one.name), ...sizes], {
      where: `--set ${unknown[1]}`,
    })
  const set = given.filter(isSize).map(([, text]) => text)
  const parameters = given.filter(one => !isSize(one)).map(([, text]) => text)
  const kernels = await kernelsOfTypes(lowered, given, `${pathIn(reference)}#${name}`)
  const types = [...kernels.keys()]
  const tensor = changedTensor([...kernels.values()])
  const library = libraryKernel((type = types[0]) => (type && kernels.get(type)) ?? kernel, {
    schedules: schedules.map(({ name, steps }) => fixedSchedule(steps, name)),
    ...(tensor !== undefined && { element: { tensor, types } }),
  })
  const origin = { path: pathIn(reference), name, parameters }
  return { library, options: { ...options, set }, origin, parameters: declared }
}

/** The same, with its path as it is seen from a folder, which does not change when both are moved. */
export const seenFrom = (folder: string, origin: KernelOrigin): KernelOrigin => ({
  ...origin,
  path: relative(resolve(folder), resolve(origin.path)).replaceAll('\\', '/'),
})

type Given = readonly (readonly [name: string, text: string])[]

/** Whether a parameter chooses a type of the language. */
export const isOfType = ({ allowed }: KernelParameter): boolean =>
  allowed?.every(text => storageTypes.has(text)) === true

/** The types that `--type` chooses from, as for the kernels of the library. Any other is set as the parameter that it is. */
const floats = [f32, f16, bf16] as const

/** The kernel with each type that its first parameter for a type may have, the default first. None if that parameter is set, or if there is none. */
async function kernelsOfTypes(
  { kernel, parameters }: Lowered,
  given: Given,
  reference: string,
): Promise<ReadonlyMap<StorageType, Kernel>> {
  const kernels = new Map<StorageType, Kernel>()
  const { name, initial } = parameters.find(isOfType) ?? {}
  const usual = storageTypes.get(initial ?? '')
  if (name === undefined || usual === undefined || given.some(([set]) => set === name)) return kernels
  kernels.set(usual, kernel)
  for (const type of floats) {
    if (type === usual) continue
    try {
      kernels.set(type, (await loaded(reference, [...given, [name, `${name}=${type.name}`]])).kernel)
    } catch (error) {
      // The kernel is not written for this type.
      if (!(error instanceof UsageError)) throw error
    }
  }
  return kernels
}

/** The first tensor whose type differs between kernels. */
function changedTensor([first, ...others]: readonly Kernel[]): string | undefined {
  const changed = first?.tensors.find(({ name, type }) =>
    others.some(other => other.tensors.some(one => one.name === name && one.type !== type)),
  )
  return changed?.name
}

/**
 * Every kernel of a file, under the name by which KERNEL is given.
 * @throws UsageError
 */
export async function kernelsOfFile(path: string): Promise<LibraryKernel[]> {
  const names = (await asked(path, () => loadKernels(path))).map(({ name }) => `${path}#${name}`)
  return Promise.all(names.map(async name => ({ ...(await kernelOfFile(name, { set: [] })).library, name })))
}

function loaded(reference: string, given: Given): Promise<Lowered> {
  const set = Object.fromEntries(given.map(([name, text]) => [name, text.slice(name.length + 1)]))
  return asked(reference, () => loadKernel(reference, { set, allowOthers: true }))
}

/** What is wrong with a kernel file, or with what is asked of it, as a usage error. */
async function asked<Answer>(reference: string, ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    if (error instanceof KernelFileError) {
      const { length } = error.diagnostics
      const details = error.diagnostics.flatMap(one => renderDiagnostic(one).split('\n'))
      const what = `${length === 1 ? 'an error' : `${length} errors`} in the kernel file`
      throw new UsageError({ what, where: reference, details }, { cause: error })
    }
    if (error instanceof UnknownKernelName) throw new UsageError({ where: reference, ...error.parts }, { cause: error })
    throw fileError(error, pathIn(reference), 'read')
  }
}
