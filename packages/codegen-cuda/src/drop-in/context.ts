import type { Kernel } from '@qernel/dsl'
import type { CompiledFile } from '../compile-file.ts'
import type { DropInPart } from './parts.ts'

/** The input for the files that accompany a source. */
export interface DropInContext extends Omit<CompiledFile, 'provenance'> {
  readonly kernel: Kernel
  readonly base: string
  readonly parts: readonly DropInPart[]
  readonly seed: number
  readonly fixed: ReadonlyMap<string, number>
  /** Makes the header of a file, as lines without comment markers. */
  readonly provenance: (name: string) => readonly string[]
}
