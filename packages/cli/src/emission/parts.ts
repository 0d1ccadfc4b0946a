/** What may stand beside a source, of each target. */
import type { DropInPart } from '@qernel/codegen-cuda'

/** In the order in which headers of files name them. */
export const cudaParts = ['header', 'main', 'torch', 'cmake'] as const satisfies readonly DropInPart[]

/** A module is not beside the source: it holds it. */
const wgslParts = ['launcher'] as const

export type Part = (typeof cudaParts)[number] | (typeof wgslParts)[number]
export const allParts: readonly Part[] = [...cudaParts, ...wgslParts]

export const partsOf = (target: 'wgsl' | 'cuda'): readonly Part[] => (target === 'cuda' ? cudaParts : wgslParts)
