import { findKernel } from '@qernel/kernels'
import type { LibrarySource, TextSource } from '../protocol.ts'
import { findInLibrary } from './kernel-source.ts'
import { language } from './language.ts'

/** A kernel of the library as text that can be edited; undefined if there is no such kernel. */
export function textOf(source: LibrarySource): TextSource | undefined {
  const found = findInLibrary(source)
  const element = source.element ?? findKernel(source.name)?.element.types[0]?.name
  return 'problems' in found || element === undefined ? undefined : language().textOfLibrary(found.kernel, element)
}
