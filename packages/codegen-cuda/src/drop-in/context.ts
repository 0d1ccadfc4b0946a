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
  /** How self-tests compare results with the definition. */
  readonly comparison: Comparison
  /** Makes the header of a file, as lines without comment markers. */
  readonly provenance: (name: string) => readonly string[]
}

/**
 * By bits; or, if operations are approximate or float sums have another order than in the definition, with the intervals that these leave open,
 * derived for each element.
 */
export type Comparison = { readonly by: 'bits' } | { readonly by: 'intervals'; readonly sumsInAnyOrder: boolean }
