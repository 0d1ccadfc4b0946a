/** The arrays of a launch in host code. */
import type { ArrayParameter } from '@qernel/codegen'
import { extentText, hostElement, isPackedType, pitchText } from '../reference/host-array.ts'
import type { DropInContext } from './context.ts'

export interface HostArray {
  readonly parameter: ArrayParameter
  /** Its name in the file. */
  readonly name: string
  /** The type of its elements; for narrow floats the type of their bits, and for packed codes the type of a word. */
  readonly element: string
  readonly elementBytes: number
  /** The number of these elements, as a C++ product of sizes. */
  readonly count: string
  /** Whether the array is a workspace, which only the kernels use. */
  readonly isWorkspace: boolean
  readonly isPacked: boolean
}

const grouped = (text: string): string => (text.includes(' ') ? `(${text})` : text)

export function hostArrays({ compiled, printed }: DropInContext, sizeText: (size: string) => string): HostArray[] {
  return compiled.arrays.map(parameter => {
    const { name, role, type, shape } = parameter
    const extents = shape.map(extent => extentText(extent, sizeText))
    const last = pitchText(type, grouped(extents.at(-1) ?? '1'))
    return {
      parameter,
      name: printed.names.of(name),
      element: hostElement(type),
      elementBytes: isPackedType(type) ? 4 : type.bits / 8,
      count: [...extents.slice(0, -1), last].map(grouped).join(' * '),
      isWorkspace: role === 'temporary',
      isPacked: isPackedType(type),
    }
  })
}
