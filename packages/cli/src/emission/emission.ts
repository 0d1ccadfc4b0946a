import type { CompileOptions, Target, TargetName } from '@qernel/codegen'
import { kernelHash, type StorageType } from '@qernel/dsl'
import type { LibraryKernel } from '@qernel/kernels'
import type { Step } from '@qernel/schedule'
import { targetNamed } from '../targets.ts'
import type { Emitted } from './make-files.ts'
import type { Part } from './parts.ts'

/** All that generated files are made from: what `emit` is asked for, and what the header of a file says. */
export interface Emission {
  readonly library: LibraryKernel
  /** The storage type of the kernel's float tensor, where it is chosen. */
  readonly element?: StorageType
  readonly target: TargetName
  /** What a program made the file for, where not for any device. */
  readonly device?: Target
  readonly scheduleName?: string
  readonly steps: readonly Step[]
  readonly fixed: ReadonlyMap<string, number>
  readonly division?: NonNullable<CompileOptions['division']>
  readonly folds?: true
  /** What the kernel is called in the files, where not as in the library. */
  readonly name?: string
  /** What stands beside the source: nothing by default. */
  readonly parts?: readonly Part[]
  /** What the names of the files start with: by default the kernel's name. */
  readonly base?: string
  /** What the random inputs of self-tests start from; undefined where a program made the file, by `compile`: then no header tells one. */
  readonly seed: number | undefined
}

/** The seed where none is asked for. */
export const DEFAULT_SEED = 1

/**
 * Makes the files: the same to the byte for the same emission. Nothing is written.
 * @throws what compiling a kernel throws
 */
export async function emitFiles(emission: Emission): Promise<Emitted> {
  const { library, element, fixed, division, folds, scheduleName, steps, seed } = emission
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
      // The header names the kernel of the library, from which the file is made again.
      ...(name === undefined ? {} : { kernel: library.name, hash: kernelHash(defined), name }),
      ...(element === undefined ? {} : { type: `${library.element.tensor}=${element.name}` }),
      seed,
    },
  }
  const makeFiles = await target.loadFiles()
  return makeFiles(kernel, steps, { ...asked, base, parts, seed })
}
