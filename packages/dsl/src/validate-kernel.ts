import { DefinitionError, here } from './definition-error.ts'
import { affinesOf, visitExpr } from './expression.ts'
import type { Expr, Kernel, LoopId } from './ir.ts'
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
    checkScopes(stage.value, new Set(stage.axes.map(axis => axis.id)), fail)
    readable.add(stage.tensor)
  }
}

function checkScopes(e: Expr, scope: ReadonlySet<LoopId>, fail: (message: string) => never): void {
  if (e.kind === 'reduce') {
    const inner = new Set([...scope, ...e.axes.map(axis => axis.id)])
    for (const { index } of e.where)
      for (const loop of index.terms.keys())
        if (!inner.has(loop)) fail('the group of a reduction belongs to another stage or reduction')
    checkScopes(e.body, inner, fail)
    return
  }
  const own = e.kind === 'op' || e.kind === 'load' ? [] : [...affinesOf(e)]
  if (e.kind === 'load') {
    for (const s of e.index)
      if ('terms' in s) own.push(s)
      else checkScopes(s, scope, fail)
  }
  for (const index of own)
    for (const loop of index.terms.keys())
      if (!scope.has(loop))
        fail(`${e.kind === 'load' ? `an index of ${e.buffer}` : 'an index'} belongs to another stage or reduction`)
  if (e.kind === 'op') for (const arg of e.args) checkScopes(arg, scope, fail)
}
