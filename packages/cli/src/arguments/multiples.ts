/** The known divisors of open sizes: given by `--multiple`, found in arrays, or assumed. */
import type { Target } from '@qernel/codegen'
import type { Kernel, Size } from '@qernel/dsl'
import { largestSize, leastCommonMultiple } from '@qernel/dsl/internal'
import type { LibraryKernel } from '@qernel/kernels'
import { UsageError } from '../errors/usage-error.ts'
import { assignedSizes } from './sizes.ts'

/** Known divisors by the names of their sizes. */
export type Multiples = ReadonlyMap<string, number>

/**
 * Reads `--multiple D=128`, given at most once per size. Fixed sizes must satisfy it, and are left out.
 * @param note receives a line about options that are true but have no effect
 * @throws UsageError if it cannot be true
 */
export function multipleOptions(
  texts: readonly string[],
  kernel: Kernel,
  fixed: ReadonlyMap<string, number>,
  note: (line: string) => void,
): Multiples {
  const given = assignedSizes(texts, kernel, {
    whereOf,
    what: 'the factor of a size',
    least: 1,
  })
  const open = new Map<string, number>()
  for (const [name, multiple] of given) {
    const value = fixed.get(name)
    if (value === undefined) {
      open.set(name, withDeclared(kernel.sizes.find(size => size.name === name) as Size, multiple, note))
    } else if (value % multiple !== 0) {
      throw new UsageError({
        what: `size ${name} is fixed to ${value}, which is not a multiple of ${multiple}`,
        where: whereOf(`${name}=${multiple}`),
        allowed: `a divisor of ${value}, or a size that stays open`,
      })
    }
  }
  return open
}

const whereOf = (text: string): string => `--multiple ${text}`

/** The divisors that follow from the facts of the kernel and from the options. */
function withDeclared(
  { name, facts: { multipleOf = 1, atMost = largestSize } }: Size,
  said: number,
  note: (line: string) => void,
): number {
  const where = whereOf(`${name}=${said}`)
  const both = leastCommonMultiple(multipleOf, said)
  if (said > 1 && both === multipleOf)
    note(`${where} says nothing new: the kernel already declares ${name} a multiple of ${multipleOf}`)
  if (both > atMost)
    throw new UsageError({
      what: `size ${name} is at most ${atMost}${multipleOf === 1 ? '' : ` and a multiple of ${multipleOf}`}, so only 0 is a multiple of ${said}`,
      where,
    })
  return both
}

/** A number that divides the head dimensions of nearly all models, and is a multiple of every vector width in the library. */
const usualMultiple = 32

/**
 * The divisors that schedules may rely on by default: for CUDA, rows of the float tensor are whole vectors. Its host
 * function has other kernels for all other sizes, while a WGSL launcher would refuse them.
 */
export function presumedMultiples(
  { element: { tensor } }: LibraryKernel,
  { tensors, sizes }: Kernel,
  { name: target }: Pick<Target, 'name'>,
  fixed: ReadonlyMap<string, number>,
): Multiples {
  const last = tensors.find(each => each.name === tensor)?.dims.at(-1)
  if (target !== 'cuda' || last === undefined || typeof last === 'number' || fixed.has(last.size)) return new Map()
  const declared = sizes.find(({ name }) => name === last.size)?.facts.multipleOf ?? 1
  return new Map([[last.size, leastCommonMultiple(declared, usualMultiple)]])
}

/** The divisors of the sizes of one launch, except sizes that are constants of the code. */
export const multiplesOf = (sizes: ReadonlyMap<string, number>, fixed: ReadonlyMap<string, number>): Multiples =>
  new Map([...sizes].flatMap(([name, value]) => (fixed.has(name) ? [] : [[name, largestPowerOf2(value)]])))

/** The largest power of 2 that divides a number, up to the size of the largest tile. */
function largestPowerOf2(value: number): number {
  let power = 1
  while (power < 4096 && value % (2 * power) === 0) power *= 2
  return power
}
