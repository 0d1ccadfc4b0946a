import { printExtent } from '../ir/affine.ts'
import { affinesOf, visitExpr } from '../ir/expression.ts'
import { freeLoops } from '../ir/free-loops.ts'
import type { Affine, Expr, Extent, Kernel, Stage } from '../ir/ir.ts'
import { nameOfStage } from '../ir/name-of-stage.ts'
import { largestSize, tooLargeIn } from '../numbers/whole-numbers.ts'
import { DefinitionError, here } from './definition-error.ts'

/**
 * Checks what the types cannot express: every index variable is an axis in scope, every load reads an input or an earlier
 * stage, every stage's value has the compute type of its tensor.
 *
 * @throws DefinitionError naming the stage and the operand.
 */
export function validateKernel(kernel: Kernel): void {
  for (const { name, dims } of kernel.tensors)
    for (const dim of dims)
      if (tooLargeIn(dim) !== undefined)
        throw new DefinitionError(`${here()}, tensor ${name}: the dimension ${printExtent(dim)} exceeds ${largestSize}`)
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
      if (
        node.kind === 'reduce' &&
        node.fused &&
        !(node.op === 'sum' && node.body.kind === 'op' && node.body.op === 'mul')
      )
        fail('a fused sum needs products')
      if (node.kind === 'const' && node.type === 'f32' && !Object.is(Math.fround(node.value), node.value))
        fail(`the constant ${node.value} is no number of f32`)
    })
    for (const [what, of] of numbersOf(stage)) {
      const wrong = tooLargeIn(of)
      if (wrong !== undefined) fail(`${what} holds the number ${wrong}; at most ${largestSize} is allowed`)
    }
    const free = freeLoops(stage.value, new Set(stage.axes.map(axis => axis.id))).get(stage.value)
    for (const what of free?.values() ?? []) fail(`${what} belongs to another stage or reduction`)
    readable.add(stage.tensor)
  }
}

/** The indices and lengths of a stage, each with a description. */
function* numbersOf({ axes, index, where, value }: Stage): Iterable<readonly [string, Affine | Extent]> {
  for (const { name, extent } of axes) yield [`the length of ${name}`, extent]
  for (const one of index) yield ['the place that it writes', one]
  for (const guard of where) yield* [['a guard', guard.index] as const, ['a guard', guard.below] as const]
  for (const one of affinesOf(value)) yield ['an index', one]
  const reductions: (Expr & { kind: 'reduce' })[] = []
  visitExpr(value, node => {
    if (node.kind === 'reduce') reductions.push(node)
  })
  for (const one of reductions) for (const { name, extent } of one.axes) yield [`the length of ${name}`, extent]
}
