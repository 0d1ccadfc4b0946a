/** How much a launch computes: what keeps the cases of a property test small. */
import { affine, type Expr, isAffine, type Kernel } from '@qernel/dsl'

type Sizes = ReadonlyMap<string, number>

/** Elements of the largest tensor, or evaluations of the largest stage, reductions in reductions included. */
export function workOf(kernel: Kernel, sizes: Sizes): number {
  const product = (extents: readonly Parameters<typeof affine.extentValue>[0][]): number =>
    extents.reduce<number>((n, extent) => n * affine.extentValue(extent, sizes), 1)
  const points = (e: Expr): number => {
    if (e.kind === 'reduce') return product(e.axes.map(({ extent }) => extent)) * points(e.body)
    if (e.kind === 'op') return Math.max(...e.args.map(points))
    return e.kind === 'load' ? Math.max(1, ...e.index.map(s => (isAffine(s) ? 1 : points(s)))) : 1
  }
  return Math.max(
    ...kernel.tensors.map(({ dims }) => product(dims)),
    ...kernel.stages.map(({ axes, value }) => product(axes.map(({ extent }) => extent)) * points(value)),
  )
}
