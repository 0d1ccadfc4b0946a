/** One kernel: its definition as loops, its types, and its schedules for the given sizes. */

import { visibleText } from '@qernel/dsl/internal'
import type { KernelParameter } from '@qernel/kernel-file'
import type { LibraryKernel } from '@qernel/kernels'
import { nestText } from '@qernel/schedule'
import { defaultNest } from '@qernel/schedule/internal'
import { tensorText } from '../../arguments/kernel.ts'
import { isOfType } from '../../arguments/kernel-file.ts'
import { sizeOptions } from '../../arguments/sizes.ts'
import { sectionOf } from './kernels.ts'
import { kernelScheduleSection } from './schedules.ts'
import type { Section } from './section.ts'

/**
 * @param sizes as after `--set`
 * @param parameters those of a kernel file
 */
export function kernelPage(
  library: LibraryKernel,
  sizes: readonly string[],
  parameters: readonly KernelParameter[] = [],
): Section {
  const kernel = library.define()
  const fixed = sizeOptions(sizes, kernel)
  const { element, roundTrip } = library
  const definition = nestText(defaultNest(kernel))
  const schedules = kernelScheduleSection(library, fixed)
  const facts = kernel.sizes.map(({ name: size, facts: { multipleOf, atMost } }) =>
    [
      size,
      ...(multipleOf === undefined ? [] : [`a multiple of ${multipleOf}`]),
      ...(atMost === undefined ? [] : [`at most ${atMost}`]),
    ].join(', '),
  )
  const at = [...fixed].map(([size, value]) => `${size} = ${value}`).join(', ')
  return {
    text: [
      `  ${visibleText(library.summary)}\n`,
      kernel.tensors.map(tensor => `  ${tensor.role.padEnd(9)}  ${tensorText(tensor)}\n`).join('') +
        `  ${element.tensor} may be ${element.types.map(type => type.name).join(', ')}\n` +
        parameters.map(one => `  parameter ${visibleText(parameterText(one))}\n`).join('') +
        `  ${kernel.sizes.length === 1 ? 'size' : 'sizes'} ${facts.join('; ')}\n` +
        (roundTrip === undefined ? '' : `  ${roundTrip.dequantize} makes the values again\n`),
      `  definition\n${indented(definition)}`,
      `  schedules${at === '' ? '' : ` for ${at}`}\n${indented(schedules.text)}`,
    ].join('\n'),
    json: [
      {
        ...(sectionOf([library]).json[0] as object),
        ...(parameters.length > 0 && { parameters }),
        definition,
        fixed: Object.fromEntries(fixed),
        schedules: schedules.json,
      },
    ],
  }
}

/** `bits: 8 or 4 (default 8)` */
function parameterText(parameter: KernelParameter): string {
  const { name, allowed, rule, initial } = parameter
  const values = isOfType(parameter) ? 'a type' : (allowed?.join(' or ') ?? rule)
  return `${name}: ${values}${initial === undefined ? '' : ` (default ${initial})`}`
}

const indented = (text: string): string =>
  text
    .trimEnd()
    .split('\n')
    .map(line => `  ${line}\n`)
    .join('')
