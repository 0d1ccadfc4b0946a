/** What the comment above a host function tells those who call it. */
import { arrayText } from '@qernel/codegen/internal'
import type { PrintedKernels } from '../print/print-program.ts'
import { listed, wrapped } from '../print/prose.ts'
import { isPackedType } from '../reference/host-array.ts'

export interface HostFacts {
  /** A sentence a size: `T from 0 to 2147483647`. */
  readonly sizes: readonly string[]
  /** What the scheduled kernels rely on: `x aligned to 16 bytes`. */
  readonly relied: readonly string[]
  /** Whether others take the arguments that those do not. */
  readonly hasFallback: boolean
  /** Whether a grid can be longer than any device takes. */
  readonly isBounded: boolean
}

/** Lines without comment markers. */
export function hostDocumentation({ finished, names }: PrintedKernels, facts: HostFacts): string[] {
  const { arrays } = finished
  const rely = listed(facts.relied)
  const packed = [...new Set(arrays.flatMap(({ type }) => (isPackedType(type) ? [type.name] : [])))]
  return [
    ...wrapped(
      'Checks the arguments, launches on `stream`, and does not wait; it allocates nothing. Arrays are in device memory, row after row, each aligned to its elements, and do not overlap:',
    ),
    ...arrays.map(array => `  ${names.of(array.name)}: ${arrayText(array, names.of)}`),
    ...(packed.length === 0
      ? []
      : wrapped(
          `Codes of ${listed(packed)} lie one after another in words of 32 bits, the first of a row in the lowest bits of its first word; the bits behind the last code of a row are 0.`,
        )),
    ...(arrays.some(({ role }) => role === 'temporary')
      ? wrapped(
          'A workspace is lent until the stream has come past this call; what it holds means nothing, before and after.',
        )
      : []),
    ...(facts.sizes.length === 0
      ? []
      : wrapped(`${listed(facts.sizes)}. Arrays may have more than 2^31 elements; one that is empty may be null.`)),
    ...(facts.relied.length === 0
      ? []
      : wrapped(
          facts.hasFallback
            ? `Fast where ${rely}; other arguments go to kernels that give the same results, bit for bit, only slower.`
            : `What else the kernels need: ${rely}.`,
        )),
    ...wrapped(
      'Returns cudaErrorInvalidValue where an argument is not so, and has launched nothing then; ' +
        (facts.isBounded ? 'cudaErrorInvalidConfiguration likewise where no grid is that long; ' : '') +
        'else what came of the launches: an error that an earlier call left is cleared before them.',
    ),
  ]
}
