import { nearest } from '@qernel/dsl/internal'
import { findKernel, listKernels } from '@qernel/kernels'
import type { KernelSource, LibrarySource, Problem } from '../protocol.ts'
import type { FoundKernel } from './found-kernel.ts'
import { language } from './language.ts'

type Found = FoundKernel | { readonly problems: readonly Problem[] }

/** The last sources: while a visitor changes a schedule, the kernel stays the same object, for which the compiler remembers nests. */
const lastFound = new Map<string, Found>()
const mostRemembered = 4

export function findSource(source: KernelSource): Found {
  const key = JSON.stringify(source)
  const found = lastFound.get(key) ?? (source.kind === 'text' ? language().readText(source) : findInLibrary(source))
  lastFound.delete(key)
  lastFound.set(key, found)
  for (const old of [...lastFound.keys()].slice(0, -mostRemembered)) lastFound.delete(old)
  return found
}

export function findInLibrary({ name, element }: LibrarySource): Found {
  const library = findKernel(name)
  if (library === undefined) {
    const names = listKernels().map(one => one.name)
    const instead = nearest(name, names).slice(0, 3).join(', ')
    return { problems: [{ code: 'no-such-kernel', message: `the library has no kernel ${name}`, instead }] }
  }
  const { types, tensor } = library.element
  const type = element === undefined ? types[0] : types.find(one => one.name === element)
  if (type === undefined && element !== undefined) {
    const instead = types.map(one => one.name).join(', ')
    return { problems: [{ code: 'no-such-type', message: `${tensor} of ${name} cannot be ${element}`, instead }] }
  }
  return { kernel: library.define(type), schedules: library.schedules }
}
