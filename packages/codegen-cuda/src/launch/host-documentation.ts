/** The comment above a host function, for its callers. */
import { arrayText } from '@qernel/codegen/internal'
import { flatMap } from '@qernel/dsl/internal'
import type { PrintedKernels } from '../print/print-program.ts'
import { listed, wrapped } from '../print/prose.ts'
import { isPackedType } from '../reference/host-array.ts'

export interface HostFacts {
  /** One clause per size: `T is from 0 to 2147483647`. */
  readonly sizes: readonly string[]
  /** The assumptions of the scheduled kernels: `x is aligned to 16 bytes`. */
  readonly relied: readonly string[]
  /** Whether other kernels handle the remaining arguments. */
  readonly hasFallback: boolean
  /** Whether a grid can be too long for every device. */
  readonly isBounded: boolean
}

/** Lines without comment markers. */
export function hostDocumentation({ finished, names }: PrintedKernels, facts: HostFacts): string[] {
  const { arrays } = finished
  const rely = listed(facts.relied)
  const packed = [...new Set(flatMap(arrays, ({ type }) => (isPackedType(type) ? [type.name] : [])))]
  return [
    ...wrapped(
      'Checks the arguments and launches on `stream` without waiting; allocates nothing. Arrays are in device memory, row by row, aligned to their elements, and must not overlap:',
    ),
    ...arrays.map(array => `  ${names.of(array.name)}: ${arrayText(array, names.of)}`),
    ...(packed.length === 0
      ? []
      : wrapped(
          `Codes of type ${listed(packed)} are packed into 32-bit words. The first code of a row is in the lowest bits of its first word; the bits after its last code are 0.`,
        )),
    ...(arrays.some(({ role }) => role === 'temporary')
      ? wrapped(
          'A workspace must not be used otherwise until the stream has finished this call. Its contents have no meaning before or after.',
        )
      : []),
    ...(facts.sizes.length === 0
      ? []
      : wrapped(`${listed(facts.sizes)}. Arrays may have more than 2^31 elements; an empty array may be null.`)),
    ...(facts.relied.length === 0
      ? []
      : wrapped(
          facts.hasFallback
            ? `Fast if ${rely}. Other arguments are handled by slower kernels that give the same results, bit for bit.`
            : `The kernels also require that ${rely}.`,
        )),
    ...wrapped(
      'Returns cudaErrorInvalidValue, without launching anything, if an argument violates these rules' +
        (facts.isBounded ? '; returns cudaErrorInvalidConfiguration, likewise, if a grid would be too long' : '') +
        '. Otherwise returns the result of the launches; an error that an earlier call left is cleared first.',
    ),
  ]
}
