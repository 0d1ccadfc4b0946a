/** The library as kernel files: every kernel, of every type, is what the builder makes. */
import { kernelHash } from '@qernel/dsl'
import { findKernel, kernelLibrary } from '@qernel/kernels'
import { describe, expect, it } from 'vitest'
import { libraryFiles } from './library-files.ts'

const files = await libraryFiles()
const names: string[] = []

describe.each(files)('$name', ({ load, settings }) => {
  it.each(settings)('%o is what the builder makes, for every type', set => {
    const { name } = load(set).kernel
    names.push(name)
    const library = findKernel(name)
    if (library === undefined) throw new Error(`${name} is not in the library`)
    expect(library.element.types).toHaveLength(3)
    for (const type of library.element.types) {
      const { kernel } = load({ ...set, element: type.name })
      const built = library.define(type)
      expect([kernel.name, kernelHash(kernel), kernel.summary]).toEqual([name, kernelHash(built), built.summary])
    }
  })
})

it('every kernel of the library is there once', () => {
  expect(names.sort()).toEqual(kernelLibrary.map(({ name }) => name).sort())
})
