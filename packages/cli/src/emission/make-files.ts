import type { CompiledKernel, CompileOptions } from '@qernel/codegen'
import type { Kernel } from '@qernel/dsl'
import type { Step } from '@qernel/schedule'
import type { Part } from './parts.ts'

/** A file, named relative to the common folder. */
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
  /** The prefix of the file names. */
  readonly base: string
  readonly parts: readonly Part[]
  /** The seed for the random inputs of self-tests. */
  readonly seed: number
}

/** Generates the source for a target and the additional files, each with the hash of its text. */
export type MakeFiles = (kernel: Kernel, steps: readonly Step[], options: FileOptions) => Promise<Emitted>
