import { decodeKernels } from './library-decode.ts'
import { formatEntries } from './library-formats.ts'
import { fp8Entries } from './library-fp8.ts'
import { groupWiseEntries } from './library-groups.ts'
import { int8Entries } from './library-int8.ts'
import type { LibraryKernel } from './library-kernel.ts'

/** Quantizers, dequantizers and their parts. */
export const formatKernels: readonly LibraryKernel[] = [
  ...int8Entries,
  ...fp8Entries,
  ...groupWiseEntries,
  ...formatEntries,
]

/** Every kernel of this package, in the order in which lists show them. */
export const kernelLibrary: readonly LibraryKernel[] = [...formatKernels, ...decodeKernels]
