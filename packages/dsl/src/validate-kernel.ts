import { DefinitionError, here } from './definition-error.ts'
import { visitExpr } from './expression.ts'
import { freeLoops } from './free-loops.ts'
import type { Kernel } from './ir.ts'
import { nameOfStage } from './name-of-stage.ts'

/**
 * What the types cannot say of a kernel: every index variable is an axis in scope, every load reads an input or an earlier
 * stage, every stage's value has the compute type of its tensor.
 *
 * @throws DefinitionError naming the stage and the operand.
 */
export function validateKernel(kernel: Kernel): void {
  const readable = new Set(kernel.tensors.filter(t => t.role === 'input').map(t => t.name))
  for (const stage of kernel.stages) {
    const fail = (message: string): never => {
      throw new DefinitionError(`${here()}, stage ${nameOfStage(stage)}: ${message}`)
    }
    const tensor = kernel.tensors.find(t => t.name === stage.tensor)
    if (tensor === undefined) throw new DefinitionError(`${here()}: stage ${stage.tensor} has no tensor`)
    if (stage.value.type !== tensor.type.compute)
      fail(`its value is ${stage.value.type}; ${tensor.type.name} holds ${tensor.type.compute}`)
    visitExpr(stage.value, node => {
      if (node.kind === 'load' && !readable.has(node.buffer))
        fail(`it reads ${node.buffer}, which is not an input or an earlier stage`)
    })
    const free = freeLoops(stage.value, new Set(stage.axes.map(axis => axis.id))).get(stage.value)
    for (const what of free?.values() ?? []) fail(`${what} belongs to another stage or reduction`)
    readable.add(stage.tensor)
  }
}
