import { visibleText } from '@qernel/dsl/internal'
import { type LibraryKernel, listKernels } from '@qernel/kernels'
import { extentText, tensorText } from '../../arguments/kernel.ts'
import type { Section } from './section.ts'

/** All kernels, or those whose names contain a text. */
export const kernelSection = (part = ''): Section => sectionOf(listKernels().filter(({ name }) => name.includes(part)))

/** Kernels with their signatures. */
export function sectionOf(kernels: readonly LibraryKernel[]): Section {
  const all = kernels.map(({ name, summary, element, define, roundTrip }) => {
    const { sizes, tensors } = define()
    const inputs = tensors.filter(({ role }) => role === 'input')
    const outputs = tensors.filter(({ role }) => role === 'output')
    const types = element.types.map(type => type.name)
    return { name, summary, element: element.tensor, types, sizes, inputs, outputs, roundTrip }
  })
  return {
    text: all
      .map(({ name, summary, element, types, inputs, outputs }) => {
        const signature = `${inputs.map(tensorText).join(', ')} → ${outputs.map(tensorText).join(', ')}`
        return `  ${name}\n      ${visibleText(summary)}\n      ${signature}; ${element} may be ${types.join(', ')}\n`
      })
      .join(''),
    json: all.map(({ inputs, outputs, sizes, element, types, roundTrip, ...names }) => ({
      ...names,
      sizes: sizes.map(({ name, facts }) => ({ name, ...facts })),
      inputs: inputs.map(tensorJson),
      outputs: outputs.map(tensorJson),
      typeOf: { [element]: types },
      ...(roundTrip === undefined ? {} : { dequantize: roundTrip.dequantize }),
    })),
  }
}

type KernelTensor = Parameters<typeof tensorText>[0]

const tensorJson = ({ name, type, dims }: KernelTensor) => ({ name, type: type.name, shape: dims.map(extentText) })
