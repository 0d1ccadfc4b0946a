/** Names of one program in a CUDA file: no name of an author, or that lowering made of one, meets what headers or the file itself define. */

import type { DeviceProgram } from '@qernel/codegen'
import { declaredNames, nameInFile } from '@qernel/codegen/internal'
import { UniqueNames, underscored } from '@qernel/dsl/internal'

export interface Identifiers {
  /** A name of the program as it is declared. Different names stay different. */
  of(name: string): string
  /** The name of a pointer to vectors of an array: `x4`, or `x_words4` where it is to words that hold its elements. */
  view(array: string, lanes: number, isWords: boolean): string
  /** A name that nothing in the program has. */
  fresh(wanted: string): string
}

/** @param hash of the definition: entry points have C linkage, and end in it, so that no two files of a program define the same */
export function identifiers(program: DeviceProgram, hash: string): Identifiers {
  const entries = new Set(program.functions.map(({ entry }) => entry))
  const of = (name: string): string => (entries.has(name) ? `${name}_${hash}` : nameInFile(name))
  const unique = new UniqueNames([...programNames(program)].map(of), underscored)
  const fresh = (wanted: string): string => unique.fresh(wanted)
  const views = new Map<string, string>()
  const view = (array: string, lanes: number, isWords: boolean): string => {
    const wanted = `${of(array)}${isWords ? '_words' : ''}${lanes === 1 ? '' : lanes}`
    const known = views.get(wanted) ?? fresh(wanted)
    views.set(wanted, known)
    return known
  }
  return { of, view, fresh }
}

function programNames({ arrays, sizes, functions }: DeviceProgram): Set<string> {
  const names = new Set([...arrays.map(array => array.name), ...sizes])
  for (const { entry, shared, body } of functions) {
    names.add(entry)
    for (const array of shared) names.add(array.name)
    for (const name of declaredNames(body)) names.add(name)
  }
  return names
}
