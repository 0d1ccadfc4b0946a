import type { CompiledKernel, CompileOptions } from '@qernel/codegen'
import type { StorageType } from '@qernel/dsl'
import type { LibraryKernel } from '@qernel/kernels'
import type { Step } from '@qernel/schedule'
import { targets } from '../targets.ts'

/** All that generated files are made from: what `emit` is asked for, and what the header of a file says. */
export interface Emission {
  readonly library: LibraryKernel
  /** The storage type of the kernel's float tensor, where it is chosen. */
  readonly element?: StorageType
  readonly target: 'wgsl' | 'cuda'
  readonly scheduleName?: string
  readonly steps: readonly Step[]
  readonly fixed: ReadonlyMap<string, number>
  readonly division?: NonNullable<CompileOptions['division']>
  readonly folds?: true
  /** What the random inputs of self-tests start from. */
  readonly seed: number
}

/** The seed where none is asked for. */
export const DEFAULT_SEED = 1

/** A file, by its name in the folder that all of them go to. */
export interface EmittedFile {
  readonly name: string
  readonly source: string
}

export interface Emitted {
  readonly compiled: CompiledKernel
  /** The source first. */
  readonly files: readonly [EmittedFile, ...EmittedFile[]]
}

/**
 * Makes the files: the same to the byte for the same emission. Nothing is written.
 * @throws what compiling a kernel throws
 */
export async function emitFiles(emission: Emission): Promise<Emitted> {
  const { library, element, fixed, division, folds, scheduleName, steps } = emission
  const target = targets.find(each => each.name === emission.target)
  if (target === undefined) throw new Error(`no target ${emission.target}`)
  const backEnd = await target.load()
  const compiled = backEnd.compile(library.define(element), steps, {
    fixed,
    ...(division === undefined ? {} : { division }),
    ...(folds === undefined ? {} : { folds }),
    ...(scheduleName === undefined ? {} : { scheduleName }),
    recipe: {
      ...(element === undefined ? {} : { type: `${library.element.tensor}=${element.name}` }),
      seed: emission.seed,
    },
  })
  return { compiled, files: [{ name: `${library.name}.${target.extension}`, source: compiled.source }] }
}
