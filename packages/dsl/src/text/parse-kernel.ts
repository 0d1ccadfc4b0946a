import type { Buffer, Expr, Kernel } from '../ir/ir.ts'
import { halfSplit, type StorageType, storageTypes } from '../ir/types.ts'
import { DefinitionError } from '../language/definition-error.ts'
import { validateKernel } from '../language/validate-kernel.ts'
import { readExpressions } from './serialize-expression.ts'

/**
 * Reads what `serializeKernel` wrote: the same kernel, without its summary. Equal expressions become one node, as they
 * were when a definition used a value twice.
 *
 * @throws DefinitionError for text that is not a kernel
 */
export function parseKernel(text: string): Kernel {
  try {
    const written = parseKernelJson(text) as Written
    const values = readExpressions(written.stages.map(({ value }) => value))
    const stages = written.stages.map((stage, i) => ({ ...stage, value: values[i] as Expr }))
    const tensors = written.tensors.map(one => ({ ...one, type: storageType(one.type) }))
    const kernel: Kernel = { ...written, tensors, stages, summary: '' }
    validateKernel(kernel)
    return kernel
  } catch (error) {
    if (error instanceof DefinitionError) throw error
    throw new DefinitionError(`this is not a serialized kernel: ${error instanceof Error ? error.message : error}`)
  }
}

/** Reads what `kernelJson` wrote, except for the types of tensors. */
export const parseKernelJson = (text: string): unknown =>
  JSON.parse(text, (key, value: unknown) => {
    if (key === 'terms') return new Map(value as [number, number][])
    if (key === 'to') return storageType(String(value))
    // JSON has no −0, no NaN and no infinities.
    if ((key === 'value' || key === 'identity') && typeof value === 'string') return Number(value)
    return value
  })

/** A kernel whose tensors hold the names of their types. */
type Written = Omit<Kernel, 'tensors'> & {
  readonly tensors: readonly (Omit<Buffer, 'type'> & { readonly type: string })[]
}

const split = new Map<string, StorageType>()

/** The type with a given name. Types of half-split blocks are made on first use. */
export function storageType(name: string): StorageType {
  const known = storageTypes.get(name) ?? split.get(name)
  if (known !== undefined) return known
  const [, codes, block] = /^([iu]\d)h(\d+)$/.exec(name) ?? []
  const type = storageTypes.get(codes ?? '')
  if (type === undefined) throw new DefinitionError(`there is no storage type ${name}`)
  const made = halfSplit(type, Number(block))
  split.set(name, made)
  return made
}
