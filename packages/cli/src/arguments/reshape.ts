/** Gives an array of a file another shape: the same elements in the same order, with other axes. */

import { shapeText } from '@qernel/arrays/internal'
import type { Kernel, Tensor } from '@qernel/dsl'
import { elementCount } from '@qernel/dsl/internal'
import { UsageError, unknownName } from '../errors/usage-error.ts'

const form = 'NAME=EXTENTS, as x=2048,1,128; one extent may be -1: what is left'

/**
 * Reads the texts after `--reshape`: extents by input. Touches no file.
 * @throws UsageError
 */
export function reshapeOptions(texts: readonly string[], kernel: Kernel): ReadonlyMap<string, readonly number[]> {
  const inputs = kernel.tensors.filter(({ role }) => role === 'input').map(({ name }) => name)
  const shapes = new Map<string, readonly number[]>()
  for (const text of texts) {
    const where = `--reshape ${text}`
    const parts = /^(\w+)=((?:-1|\d{1,10})(?:,(?:-1|\d{1,10}))*)$/.exec(text.replace(/\s/g, ''))
    if (parts === null) throw new UsageError({ what: `cannot read '${text}'`, where, allowed: form })
    const [, name = '', extents = ''] = parts
    if (!inputs.includes(name)) throw unknownName('input', name, inputs, { where })
    if (shapes.has(name)) throw new UsageError({ what: `input ${name} is given two shapes`, where })
    const shape = extents.split(',').map(Number)
    if (shape.filter(extent => extent < 0).length > 1)
      throw new UsageError({ what: 'more than one extent is -1', where, allowed: form })
    shapes.set(name, shape)
  }
  return shapes
}

/**
 * The inputs with the requested axes.
 * @throws UsageError if an array has another number of elements
 */
export function reshaped(
  inputs: ReadonlyMap<string, Tensor>,
  shapes: ReadonlyMap<string, readonly number[]>,
): ReadonlyMap<string, Tensor> {
  return new Map([...inputs].map(([name, tensor]) => [name, withShape(name, tensor, shapes.get(name))]))
}

function withShape(name: string, tensor: Tensor, asked: readonly number[] | undefined): Tensor {
  if (asked === undefined) return tensor
  const count = elementCount(tensor.shape)
  const known = elementCount(asked.filter(extent => extent >= 0))
  const left = known === 0 ? 0 : count / known
  const shape = asked.map(extent => (extent < 0 ? left : extent))
  if (!shape.every(Number.isInteger) || elementCount(shape) !== count)
    throw new UsageError({
      what: `${shapeText(asked)} does not hold the ${count} elements of ${shapeText(tensor.shape)}`,
      where: `--reshape ${name}`,
      allowed: `extents whose product is ${count}`,
    })
  return { ...tensor, shape }
}

/** The shape to suggest if a kernel has more axes than the file: missing axes before the last one are 1. */
export function shapeHint(kernel: Kernel, inputs: ReadonlyMap<string, Tensor>): string | undefined {
  for (const { name, role, dims } of kernel.tensors) {
    const given = inputs.get(name)?.shape
    if (role !== 'input' || given === undefined || given.length >= dims.length || given.length < 2) continue
    const constants = dims.slice(given.length - 1, -1)
    const inner = elementCount(constants.map(dim => (typeof dim === 'number' ? dim : 1)))
    const last = (given.at(-1) as number) / inner
    if (!Number.isInteger(last)) continue
    const middle = constants.map(dim => (typeof dim === 'number' ? dim : 1))
    return `--reshape ${name}=${[...given.slice(0, -1), ...middle, last].join(',')}`
  }
  return undefined
}
