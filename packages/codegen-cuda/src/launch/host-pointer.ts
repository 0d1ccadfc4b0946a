/** The pointers that a host function takes for arrays. */
import type { ArrayParameter, FinishedKernel } from '@qernel/codegen'
import type { ElementType } from '@qernel/codegen/internal'
import { elementName, isAddressable, storageOf } from '../print/types.ts'

export function elementOf(name: string, { program }: FinishedKernel): ElementType {
  const element = program.arrays.find(array => array.name === name)?.element
  if (element === undefined) throw new Error(`no array ${name}`)
  return element
}

/** The pointer type that callers pass, and a cast for kernels that access other elements (words for an atomic maximum). */
export function hostPointer(
  { name, type, access }: ArrayParameter,
  finished: FinishedKernel,
): { readonly pointer: string; readonly cast: (argument: string) => string } {
  const element = elementOf(name, finished)
  const constant = access === 'read' ? 'const ' : ''
  const isDirect = element.storage === type.element || !isAddressable(type.element)
  const declared = elementName(element)
  const pointer = `${constant}${hostName(isDirect ? declared : storageOf(type.element).names[1])}*`
  return { pointer, cast: argument => (isDirect ? argument : `reinterpret_cast<${constant}${declared}*>(${argument})`) }
}

/** Host code uses the fixed-width names of integer types. */
const hostName = (name: string): string =>
  name === 'signed char' ? 'int8_t' : name === 'unsigned char' ? 'uint8_t' : name === 'unsigned' ? 'uint32_t' : name
