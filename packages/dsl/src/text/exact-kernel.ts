/**
 * Kernels as JSON that keeps everything, so that whatever is made of the kernel that is read is the same to the byte: the summary, the names of values,
 * and which values are shared. `serializeKernel` keeps only the meaning.
 */
import { visitExpr } from '../ir/expression.ts'
import type { Buffer, Expr, Kernel, Stage } from '../ir/ir.ts'
import { validateKernel } from '../language/validate-kernel.ts'
import { kernelJson } from './kernel-json.ts'
import { parseKernelJson, storageType } from './parse-kernel.ts'
import { nodeWith } from './serialize-expression.ts'

/** An operand, by its position in the list. */
interface Reference {
  readonly node: number
}
/** A kernel whose values are positions in a list of nodes, operands first, and whose tensors hold the names of their types. */
interface Written extends Omit<Kernel, 'tensors' | 'stages'> {
  readonly tensors: readonly (Omit<Buffer, 'type'> & { readonly type: string })[]
  readonly stages: readonly (Omit<Stage, 'value'> & { readonly value: Reference })[]
  readonly nodes: readonly Expr[]
}

/** The kernel as JSON, with everything. */
export function writeExactKernel(kernel: Kernel): string {
  const nodes: unknown[] = []
  const places = new Map<Expr, Reference>()
  const placeOf = (node: Expr): Reference => places.get(node) as Reference
  for (const { value } of kernel.stages)
    visitExpr(value, node => {
      if (places.has(node)) return
      places.set(node, { node: nodes.length })
      nodes.push(nodeWith(node, placeOf))
    })
  return kernelJson({
    ...kernel,
    stages: kernel.stages.map(stage => ({ ...stage, value: placeOf(stage.value) })),
    nodes,
  })
}

/**
 * Reads what `writeExactKernel` wrote.
 *
 * @throws Error for text that is no kernel
 */
export function readExactKernel(text: string): Kernel {
  const { nodes, ...written } = parseKernelJson(text) as Written
  const made: Expr[] = []
  const operand = (reference: unknown): Expr => {
    const node = made[(reference as Reference).node]
    if (node === undefined) throw new Error('an expression names a node that does not stand before it')
    return node
  }
  for (const node of nodes) made.push(nodeWith(node, operand) as Expr)
  const kernel: Kernel = {
    ...written,
    tensors: written.tensors.map(tensor => ({ ...tensor, type: storageType(tensor.type) })),
    stages: written.stages.map(stage => ({ ...stage, value: operand(stage.value) })),
  }
  validateKernel(kernel)
  return kernel
}
