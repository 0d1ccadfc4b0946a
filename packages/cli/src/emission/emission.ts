import type { CompileOptions, Target, TargetName } from '@qernel/codegen'
import { kernelHash, type StorageType } from '@qernel/dsl'
import type { LibraryKernel } from '@qernel/kernels'
import type { Step } from '@qernel/schedule'
import type { KernelOrigin } from '../arguments/kernel-file.ts'
import { targetNamed } from '../targets.ts'
import type { Emitted } from './make-files.ts'
import type { Part } from './parts.ts'

/** Everything that generated files are made from, as given to `emit` or read from the header of a file. */
export interface Emission {
  readonly library: LibraryKernel
  /** The kernel file that it comes from, with its path as the generated files name it. */
  readonly origin?: KernelOrigin
  /** The storage type of the kernel's float tensor, if it was chosen. */
  readonly element?: StorageType
  readonly target: TargetName
  /** The device that a program made the file for; absent if it is for any device. */
  readonly device?: Target
  readonly scheduleName?: string
  readonly steps: readonly Step[]
  readonly fixed: ReadonlyMap<string, number>
  readonly division?: NonNullable<CompileOptions['division']>
  readonly folds?: true
  /** The name of the kernel in the files, if it differs from that in the library. */
  readonly name?: string
  /** The additional files: none by default. */
  readonly parts?: readonly Part[]
  /** The prefix of the file names. Default: the name of the kernel. */
  readonly base?: string
  /** The seed for the random inputs of self-tests; undefined if a program made the file with `compile`, since its header has none. */
  readonly seed: number | undefined
}

/** The default seed. */
export const DEFAULT_SEED = 1

/**
 * Generates the files, byte for byte the same for the same emission. Nothing is written to disk.
 * @throws what compiling a kernel throws
 */
export async function emitFiles(emission: Emission): Promise<Emitted> {
  const { library, origin, element, fixed, division, folds, scheduleName, steps, seed } = emission
  const { parts = [], base = emission.name ?? library.name } = emission
  const target = targetNamed(emission.target)
  const defined = library.define(element)
  const { name } = emission
  const kernel = name === undefined ? defined : { ...defined, name }
  const options = {
    fixed,
    ...(division === undefined ? {} : { division }),
    ...(folds === undefined ? {} : { folds }),
    ...(scheduleName === undefined ? {} : { scheduleName }),
    ...(emission.device === undefined ? {} : { target: emission.device }),
  }
  if (seed === undefined) {
    const compiled = (await target.load()).compile(kernel, steps, options)
    return { compiled, files: [{ name: base, source: compiled.source }] }
  }
  const asked = {
    ...options,
    recipe: {
      ...(origin === undefined ? {} : originRecipe(origin)),
      // The header names the library kernel, from which the file can be regenerated.
      ...(name === undefined ? {} : { kernel: library.name, hash: kernelHash(defined), name }),
      ...(element === undefined ? {} : { type: `${library.element.tensor}=${element.name}` }),
      seed,
    },
  }
  const makeFiles = await target.loadFiles()
  return makeFiles(kernel, steps, { ...asked, base, parts, seed })
}

const originRecipe = ({ path, name, parameters }: KernelOrigin) => ({
  from: `${path}#${name}`,
  ...(parameters.length > 0 && { parameters }),
})
