import { type CompiledKernel, type CompileOptions, dividesFloats, type Target } from '@qernel/codegen'
import type { DropInPart } from '@qernel/codegen-cuda'
import { kernelHash, type StorageType } from '@qernel/dsl'
import type { LibraryKernel } from '@qernel/kernels'
import type { Step } from '@qernel/schedule'
import { cudaParts, type Part } from './parts.ts'
import { sealed } from './seal.ts'

/** All that generated files are made from: what `emit` is asked for, and what the header of a file says. */
export interface Emission {
  readonly library: LibraryKernel
  /** The storage type of the kernel's float tensor, where it is chosen. */
  readonly element?: StorageType
  readonly target: 'wgsl' | 'cuda'
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
  const { library, element, fixed, division, folds, scheduleName, steps, seed } = emission
  const { parts = [], base = emission.name ?? library.name } = emission
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
    const compiled = (await backEndOf(emission.target)).compile(kernel, steps, options)
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
  if (emission.target === 'cuda') {
    const { dropIn } = await import('@qernel/codegen-cuda')
    const { compiled, files } = dropIn(kernel, steps, { ...asked, base, parts: parts.filter(isCudaPart), seed })
    const [{ name: sourceName }, ...others] = files
    const source = sealed(compiled.source)
    return { compiled: { ...compiled, source }, files: [{ name: sourceName, source }, ...others.map(sealedFile)] }
  }
  const { wgsl } = await import('@qernel/codegen-wgsl')
  if (!parts.includes('launcher')) {
    const compiled = wgsl.compile(kernel, steps, asked)
    const source = sealed(compiled.source)
    return { compiled: { ...compiled, source }, files: [{ name: `${base}.wgsl`, source }] }
  }
  const withParts = { ...asked, recipe: { ...asked.recipe, with: parts } }
  const compiled = wgsl.compile(kernel, steps, withParts)
  const { launcherModule } = await import('@qernel/codegen-wgsl/launcher')
  // A page learns only on its visitor's device which division is exact there.
  const others =
    division === undefined && emission.device === undefined && dividesFloats(kernel)
      ? {
          refined: wgsl.compile(kernel, steps, { ...withParts, division: 'refined' }),
          integer: wgsl.compile(kernel, steps, { ...withParts, division: 'integer' }),
        }
      : {}
  const source = launcherModule(compiled, kernel.summary, others)
  return { compiled, files: [sealedFile({ name: `${base}.ts`, source })] }
}

const sealedFile = ({ name, source }: EmittedFile): EmittedFile => ({ name, source: sealed(source) })

const backEndOf = async (target: 'wgsl' | 'cuda') =>
  target === 'cuda' ? (await import('@qernel/codegen-cuda')).cuda : (await import('@qernel/codegen-wgsl')).wgsl

const isCudaPart = (part: Part): part is DropInPart => cudaParts.some(each => each === part)
