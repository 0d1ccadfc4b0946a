/** Finds kernels by name: those of this package, and those added by others. */
import type { Kernel, StorageType } from '@qernel/dsl'
import type { Schedule } from '@qernel/schedule'
import { kernelLibrary } from './library.ts'
import type { LibraryKernel, RoundTrip } from './library-kernel.ts'

const added = new Map<Kernel | LibraryKernel, LibraryKernel>()

/** The kernels of the library, then those added by others. */
export const listKernels = (): readonly LibraryKernel[] => [...kernelLibrary, ...added.values()]

/** The kernel with this name, from the library or registered; undefined if there is none. */
export const findKernel = (name: string): LibraryKernel | undefined => listKernels().find(each => each.name === name)

/**
 * Registers a kernel by its name, in addition to the library. Registering the same kernel again has no effect.
 *
 * @throws Error if another kernel has the name
 */
export function registerKernel(kernel: Kernel | LibraryKernel): void {
  if (added.has(kernel)) return
  const entry = 'define' in kernel ? kernel : libraryKernel(kernel)
  if (findKernel(entry.name) !== undefined) throw new Error(`a kernel named ${entry.name} is there already`)
  added.set(kernel, entry)
}

/** The parts that accompany a definition. */
export interface LibraryKernelParts {
  /** Schedules that were written for it; the one named `best` is the one to take. */
  readonly schedules?: readonly Schedule[]
  /** The tensor whose storage type can be chosen, if `kernel` is a function of it; the first type is the default. */
  readonly element?: LibraryKernel['element']
  readonly roundTrip?: RoundTrip
}

/** A kernel as programs offer it by name: a definition, or a function that makes one for a storage type, and its schedules. */
export function libraryKernel(
  kernel: Kernel | ((element?: StorageType) => Kernel),
  { schedules = [], element, roundTrip }: LibraryKernelParts = {},
): LibraryKernel {
  const define = typeof kernel === 'function' ? kernel : () => kernel
  const { name, summary, tensors } = define(element?.types[0])
  const fixed = tensors.find(({ type }) => type.kind === 'float') ?? tensors[0]
  return {
    name,
    summary,
    element: element ?? { tensor: fixed?.name ?? '', types: fixed === undefined ? [] : [fixed.type] },
    define,
    schedules,
    ...(roundTrip && { roundTrip }),
  }
}
