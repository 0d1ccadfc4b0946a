/** How much a launch computes, used to keep the cases of a property test small. */
import { affine, type Expr, type Kernel } from '@qernel/dsl'
import { foldExpr, operandsOf } from '@qernel/dsl/internal'

type Sizes = ReadonlyMap<string, number>

/** Elements of the largest tensor, or evaluations of the largest stage, including nested reductions. */
export function workOf(kernel: Kernel, sizes: Sizes): number {
  const product = (extents: readonly Parameters<typeof affine.extentValue>[0][]): number =>
    extents.reduce<number>((n, extent) => n * affine.extentValue(extent, sizes), 1)
  const points = (e: Expr): number =>
    foldExpr<number>(e, (node, of) => {
      const most = operandsOf(node).reduce((largest, operand) => Math.max(largest, of(operand)), 1)
      return node.kind === 'reduce' ? product(node.axes.map(({ extent }) => extent)) * most : most
    })
  return Math.max(
    ...kernel.tensors.map(({ dims }) => product(dims)),
    ...kernel.stages.map(({ axes, value }) => product(axes.map(({ extent }) => extent)) * points(value)),
  )
}
