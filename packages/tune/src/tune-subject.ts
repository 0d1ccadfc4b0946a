/** Reads the sizes of a search, and chooses what was left open. */
import { affine, type Kernel } from '@qernel/dsl'
import { elementCount, unknownNameParts } from '@qernel/dsl/internal'
import type { TuneOptions } from './tune-options.ts'

/** The sizes of a search, the one that is given at launch, and the tensor that decides the mix of reads and writes. */
export interface TuneSubject {
  readonly sizes: ReadonlyMap<string, number>
  readonly open: string
  readonly wide: string
}

/** @throws RangeError that names the size or tensor */
export function subjectOf(
  kernel: Kernel,
  { sizes: given, open: wanted, wide: named }: Pick<TuneOptions, 'sizes' | 'open' | 'wide'>,
): TuneSubject {
  const names = kernel.sizes.map(({ name }) => name)
  for (const [name, value] of Object.entries(given)) {
    if (!names.includes(name)) throw unknown('size', name, names)
    if (!Number.isInteger(value) || value < 1)
      throw new RangeError(`size ${name} is ${value}; a size must be a whole number of at least 1`)
  }
  const missing = names.find(name => given[name] === undefined)
  if (missing !== undefined) throw new RangeError(`size ${missing} of ${kernel.name} has no value`)
  const open = wanted ?? names[0]
  if (open === undefined) throw new RangeError(`${kernel.name} has no size`)
  if (!names.includes(open)) throw unknown('size', open, names)
  const sizes = new Map(names.map(name => [name, given[name] as number]))
  const tensors = kernel.tensors.filter(({ role }) => role !== 'temporary')
  if (named !== undefined && !tensors.some(({ name }) => name === named))
    throw unknown(
      'tensor',
      named,
      tensors.map(({ name }) => name),
    )
  const wide = named ?? largest(tensors, sizes)
  return { sizes, open, wide }
}

/** The name of the float tensor with the most elements; of any, if there is none. */
function largest(tensors: Kernel['tensors'], sizes: ReadonlyMap<string, number>): string {
  const count = ({ dims }: Kernel['tensors'][number]) => elementCount(dims.map(dim => affine.extentValue(dim, sizes)))
  const floats = tensors.filter(({ type }) => type.kind === 'float')
  const [first = ''] = (floats.length > 0 ? floats : tensors)
    .toSorted((a, b) => count(b) - count(a))
    .map(({ name }) => name)
  return first
}

function unknown(kind: string, name: string, names: readonly string[]): RangeError {
  const { what } = unknownNameParts(kind, name, names)
  return new RangeError(`${what}; there are ${names.join(', ')}`)
}
