import type { Kernel, StorageType } from '@qernel/dsl'
import { ownPrefix } from '../own-names.ts'
import { comment } from '../print/comment.ts'
import { allowedLoops, beyondName, referenceLoops } from '../reference/print-loops.ts'
import { scalars } from '../reference/print-value.ts'
import type { Comparison, DropInContext } from './context.ts'
import type { DropInFile } from './parts.ts'

/** The qualified name by which other files call the function with the loops. */
export const referenceCall = (kernel: Kernel): string => `${scopeOf(kernel)}::${kernel.name}_loops`
const scopeOf = (kernel: Kernel): string => `${ownPrefix(kernel)}_reference`
export const referenceFileName = (base: string): string => `${base}_reference.h`

/** The qualified names of the interval type and of the functions that compute intervals and compare an output with them. */
export const allowedCalls = (kernel: Kernel) => ({
  interval: (type: StorageType) => `${scopeOf(kernel)}::Interval<${scalars[type.compute]}>`,
  allowed: `${scopeOf(kernel)}::${kernel.name}_allowed`,
  beyond: (output: string) => `${scopeOf(kernel)}::${beyondName(kernel.name, output)}`,
})

/** The definition as CPU loops, which the kernels are compared with. They are made independently of the kernels. */
export function referenceFile({ kernel, base, fixed, comparison, provenance }: DropInContext): DropInFile {
  const name = referenceFileName(base)
  const numbers = referenceLoops(kernel, fixed, `${kernel.name}_loops`)
  const intervals =
    comparison.by === 'bits'
      ? undefined
      : allowedLoops(kernel, fixed, { name: kernel.name, sumsInAnyOrder: comparison.sumsInAnyOrder })
  const definitions = new Set([...numbers.definitions, ...(intervals?.definitions ?? [])])
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
    ...(intervals === undefined ? [] : ['#include <limits>', '#include <type_traits>']),
    '#include <vector>',
    '',
    '// Each file that includes this header gets its own copy.',
    'namespace {',
    `namespace ${scopeOf(kernel)} {`,
    '',
    ...[...definitions].flatMap(definition => [definition, '']),
    ...numbers.lines,
    ...(intervals === undefined ? [] : ['', ...intervalNote(comparison), ...intervals.lines]),
    '',
    `}  // namespace ${scopeOf(kernel)}`,
    '}  // namespace',
  ]
  return { name, source: `${text.join('\n')}\n` }
}

const intervalNote = (comparison: Comparison): string[] => [
  '// The same loops on intervals: every value that the definition allows on a GPU, derived from the inputs for each element. Sums of floats may have',
  comparison.by === 'intervals' && comparison.sumsInAnyOrder
    ? '// any order, and operations the accuracy that CUDA documents. There is no tolerance besides.'
    : '// the order of the definition only; operations have the accuracy that CUDA documents. There is no tolerance besides.',
]
