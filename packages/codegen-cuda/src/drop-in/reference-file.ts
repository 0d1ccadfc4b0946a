import type { Kernel } from '@qernel/dsl'
import { ownPrefix } from '../own-names.ts'
import { comment } from '../print/comment.ts'
import { referenceLoops } from '../reference/print-loops.ts'
import type { DropInContext } from './context.ts'
import type { DropInFile } from './parts.ts'

/** The qualified name by which other files call the function with the loops. */
export const referenceCall = (kernel: Kernel): string => `${scopeOf(kernel)}::${kernel.name}_loops`
const scopeOf = (kernel: Kernel): string => `${ownPrefix(kernel)}_reference`
export const referenceFileName = (base: string): string => `${base}_reference.h`

/** The definition as CPU loops, which the kernels are compared with. They are made independently of the kernels. */
export function referenceFile({ kernel, base, fixed, provenance }: DropInContext): DropInFile {
  const name = referenceFileName(base)
  const { definitions, lines } = referenceLoops(kernel, fixed, `${kernel.name}_loops`)
  const text = [
    ...provenance(name).map(comment),
    '',
    '// The definition as CPU loops, with which the kernels are compared. Narrow floats are passed as their bits. Codes narrower than a byte',
    '// are packed into words, lowest bits first; each row starts at a word, and the bits after its last code are 0.',
    '',
    '#pragma once',
    '',
    '#include <algorithm>',
    '#include <cmath>',
    '#include <cstdint>',
    '#include <cstring>',
    '#include <vector>',
    '',
    '// Each file that includes this header gets its own copy.',
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
