import type { CompiledKernel, CompileOptions } from '@qernel/codegen'
import type { Kernel } from '@qernel/dsl'
import type { Step } from '@qernel/schedule'
import type { Part } from './parts.ts'

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

export interface FileOptions extends CompileOptions {
  readonly recipe: NonNullable<CompileOptions['recipe']>
  /** The start of the file names. */
  readonly base: string
  readonly parts: readonly Part[]
  /** The seed for the random inputs of self-tests. */
  readonly seed: number
}

/** Generates the source for a target and the files beside it, each with the hash of its text. */
export type MakeFiles = (kernel: Kernel, steps: readonly Step[], options: FileOptions) => Promise<Emitted>
