import type { Kernel } from '@qernel/dsl'
import { ownPrefix } from '../own-names.ts'
import { comment } from '../print/comment.ts'
import { referenceLoops } from '../reference/print-loops.ts'
import type { DropInContext } from './context.ts'
import type { DropInFile } from './parts.ts'

/** The function of the loops, as other files call it. */
export const referenceCall = (kernel: Kernel): string => `${scopeOf(kernel)}::${kernel.name}_loops`
const scopeOf = (kernel: Kernel): string => `${ownPrefix(kernel)}_reference`
export const referenceFileName = (base: string): string => `${base}_reference.h`

/** The definition as loops of a CPU, made without a look at the kernels: what they are compared with. */
export function referenceFile({ kernel, base, fixed, provenance }: DropInContext): DropInFile {
  const name = referenceFileName(base)
  const { definitions, lines } = referenceLoops(kernel, fixed, `${kernel.name}_loops`)
  const text = [
    ...provenance(name).map(comment),
    '',
    '// The definition as loops on the CPU, with which the kernels are compared. 16-bit floats are their bits, arrays of codes narrower',
    '// than a byte are words, the lowest bits first; rows of them start on a word, and bits behind the last are 0.',
    '',
    '#pragma once',
    '',
    '#include <algorithm>',
    '#include <cmath>',
    '#include <cstdint>',
    '#include <cstring>',
    '#include <vector>',
    '',
    '// Each file that includes this has its own.',
    'namespace {',
    `namespace ${scopeOf(kernel)} {`,
    '',
    ...definitions.flatMap(definition => [definition, '']),
    ...lines,
    '',
    `}  // namespace ${scopeOf(kernel)}`,
    '}  // namespace',
  ]
  return { name, source: `${text.join('\n')}\n` }
}
