import type { Kernel } from '@qernel/dsl'
import type { CompiledFile } from '../compile-file.ts'
import type { DropInPart } from './parts.ts'

/** What the files beside a source are made from. */
export interface DropInContext extends Omit<CompiledFile, 'provenance'> {
  readonly kernel: Kernel
  readonly base: string
  readonly parts: readonly DropInPart[]
  readonly seed: number
  readonly fixed: ReadonlyMap<string, number>
  /** The header of a file, lines without comment markers. */
  readonly provenance: (name: string) => readonly string[]
}
