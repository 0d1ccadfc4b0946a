/**
 * Names of one program in a CUDA file. Names by authors, and names that lowering derives from them, must not collide with names of headers or of
 * the file itself.
 */

import type { DeviceProgram } from '@qernel/codegen'
import { declaredNames, nameInFile } from '@qernel/codegen/internal'
import { UniqueNames, underscored } from '@qernel/dsl/internal'

export interface Identifiers {
  /** The name to write for a name of the program. Different names stay different. */
  of(name: string): string
  /** The name of a pointer to vectors of an array: `x4`, or `x_words4` if it points to words that hold several elements. */
  view(array: string, lanes: number, isWords: boolean): string
  /** A new name that nothing in the program uses. */
  fresh(wanted: string): string
}

/** @param hash hash of the definition. Entry points have C linkage and end in it, so that two files of an application do not define the same name. */
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
