import { extentValue, printExtent } from '../ir/affine.ts'
import type { Kernel } from '../ir/ir.ts'
import { largestSize } from '../numbers/whole-numbers.ts'
import { elementCount, type Tensor } from './tensor.ts'

export const isSize = (value: number): boolean => Number.isInteger(value) && value >= 0 && value <= largestSize

/** Thrown for arrays or sizes that do not fit a kernel. The message says which, where, and what is allowed. */
export class InputError extends Error {
  override readonly name = 'InputError'
}

/** Groups of a size that an input has. */
interface Groups {
  readonly length: number
  readonly count: number
  readonly from: string
}

/** The dimensions of inputs that count groups of a size, not its elements. */
const groupsOf = (tensors: Kernel['tensors'], inputs: ReadonlyMap<string, Tensor>, size: string): Groups[] =>
  tensors.flatMap(({ name, dims }) =>
    dims.flatMap((dim, axis): Groups[] => {
      if (typeof dim === 'number' || dim.size !== size) return []
      const count = Math.floor(((inputs.get(name)?.shape[axis] as number) - (dim.plus ?? 0)) / (dim.times ?? 1))
      return [{ length: dim.dividedBy, count, from: `axis ${axis} of ${name}` }]
    }),
  )

const rangeText = ({ length, count, from }: Groups): string =>
  count === 0
    ? `: 0, since ${from} has no groups`
    : ` from ${length * (count - 1) + 1} to ${length * count}, since ${from} has ${count} groups of ${length}`

/**
 * The value of every size, read from the shapes of the inputs and the sizes given, and checked: ranks, types, shapes that
 * contradict each other, declared facts.
 */
export function bindSizes(
  kernel: Kernel,
  inputs: ReadonlyMap<string, Tensor>,
  given: ReadonlyMap<string, number> = new Map(),
): Map<string, number> {
  const sizes = new Map<string, number>()
  const origin = new Map<string, string>()
  const bind = (name: string, value: number, from: string) => {
    const known = sizes.get(name)
    if (known !== undefined && known !== value)
      throw new InputError(`${kernel.name}: size ${name} is ${known} by ${origin.get(name)} but ${value} by ${from}`)
    sizes.set(name, value)
    origin.set(name, from)
  }
  const names = kernel.sizes.map(size => size.name)
  for (const [name, value] of given) {
    if (!names.includes(name))
      throw new InputError(`${kernel.name} has no size ${name}; its sizes are ${names.join(', ') || 'none'}`)
    checkSize(kernel, name, value)
    bind(name, value, 'the sizes given')
  }
  const wanted = kernel.tensors.filter(t => t.role === 'input')
  for (const name of inputs.keys())
    if (!wanted.some(t => t.name === name))
      throw new InputError(`${kernel.name} has no input ${name}; its inputs are ${wanted.map(t => t.name).join(', ')}`)
  for (const tensor of wanted) {
    const input = inputs.get(tensor.name)
    if (input === undefined)
      throw new InputError(
        `${kernel.name}: input ${tensor.name} (${tensor.type.name}, [${tensor.dims.map(printExtent).join(', ')}]) is missing`,
      )
    if (input.type !== tensor.type)
      throw new InputError(
        `${kernel.name}: input ${tensor.name} is ${input.type.name}; ${tensor.type.name} is expected`,
      )
    if (input.shape.length !== tensor.dims.length)
      throw new InputError(
        `${kernel.name}: input ${tensor.name} has rank ${input.shape.length} (${input.shape.join(' × ')}); rank ${tensor.dims.length}, [${tensor.dims.map(printExtent).join(', ')}], is expected`,
      )
    if (input.data.length !== elementCount(input.shape))
      throw new InputError(
        `${kernel.name}: input ${tensor.name} has ${input.data.length} elements; its shape ${input.shape.join(' × ')} needs ${elementCount(input.shape)}`,
      )
    tensor.dims.forEach((dim, axis) => {
      if (typeof dim !== 'number' && dim.dividedBy === 1)
        bind(
          dim.size,
          Math.floor(((input.shape[axis] as number) - (dim.plus ?? 0)) / (dim.times ?? 1)),
          `axis ${axis} of ${tensor.name}`,
        )
    })
  }
  for (const size of kernel.sizes) {
    if (sizes.has(size.name)) continue
    const groups = groupsOf(wanted, inputs, size.name)
    // Whole groups only: their number determines the size.
    const exact = groups.find(({ length }) => (size.facts.multipleOf ?? 1) % length === 0)
    if (exact === undefined)
      throw new InputError(
        `${kernel.name}: no input determines size ${size.name}; give it a value${groups[0] === undefined ? '' : rangeText(groups[0])}`,
      )
    bind(size.name, exact.length * exact.count, exact.from)
  }
  for (const tensor of wanted)
    tensor.dims.forEach((dim, axis) => {
      const expected = extentValue(dim, sizes)
      const found = inputs.get(tensor.name)?.shape[axis]
      if (found !== expected)
        throw new InputError(
          `${kernel.name}: axis ${axis} of ${tensor.name} has ${found} elements; ${printExtent(dim)} = ${expected} is expected`,
        )
    })
  checkFacts(kernel, sizes)
  return sizes
}

/** @throws InputError where a value is not a size, or a declared fact does not hold. */
export function checkFacts(kernel: Kernel, sizes: ReadonlyMap<string, number>): void {
  for (const { name, facts } of kernel.sizes) {
    const value = sizes.get(name)
    if (value === undefined) continue
    checkSize(kernel, name, value)
    const { multipleOf, atMost } = facts
    if (multipleOf !== undefined && value % multipleOf !== 0) {
      const below = value - (value % multipleOf)
      throw new InputError(
        `${kernel.name}: size ${name} is ${value}, but the kernel declares it a multiple of ${multipleOf}; the nearest are ${below} and ${below + multipleOf}`,
      )
    }
    if (atMost !== undefined && value > atMost)
      throw new InputError(`${kernel.name}: size ${name} is ${value}, but the kernel declares it at most ${atMost}`)
  }
}

function checkSize(kernel: Kernel, name: string, value: number): void {
  if (!isSize(value))
    throw new InputError(
      `${kernel.name}: size ${name} is ${value}; a whole number from 0 to ${largestSize} is expected`,
    )
}
