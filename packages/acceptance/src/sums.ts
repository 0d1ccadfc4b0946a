/** Float sums: whether a schedule reorders them. */
import { type Expr, type Kernel, visitExpr } from '@qernel/dsl'
import { findTransform, type Step } from '@qernel/schedule'

/** Whether a schedule may change the bits of a result because it adds floats in another order than the definition. */
export const reordersSums = (kernel: Kernel, steps: readonly Step[]): boolean =>
  steps.some(({ transform }) => findTransform(transform)?.numerics === 'reassociates') &&
  nodesOf(kernel).some(isFloatSum)

const isFloatSum = (e: Expr): boolean => e.kind === 'reduce' && e.op === 'sum' && e.type === 'f32'

const known = new WeakMap<Kernel, readonly Expr[]>()

/** Every node of every expression of a kernel, once. */
export function nodesOf(kernel: Kernel): readonly Expr[] {
  const found = known.get(kernel)
  if (found !== undefined) return found
  const nodes = new Set<Expr>()
  for (const { value } of kernel.stages) visitExpr(value, node => void nodes.add(node))
  const all = [...nodes]
  known.set(kernel, all)
  return all
}
