import type { Kernel } from '@qernel/dsl'
import type { Step } from '@qernel/schedule'
import type { CompiledKernel } from '../launch/compiled-kernel.ts'
import { evaluateExtent, type Sizes } from '../launch/launch-plan.ts'
import type { BackEnd, CompileOptions } from './back-end.ts'
import type { Target } from './target.ts'

/**
 * Compiles a kernel for launches at the given sizes. Grids are folded if one of them would have more workgroups along a dimension
 * than the target launches.
 *
 * @throws ScheduleRefusal, LoweringError as `BackEnd.compile`; LaunchError if a size is missing
 */
export function compileFor(
  backEnd: BackEnd,
  kernel: Kernel,
  steps: readonly Step[],
  sizes: Sizes,
  options: CompileOptions = {},
): CompiledKernel {
  const compiled = backEnd.compile(kernel, steps, options)
  return exceedsGrid(compiled, sizes, options.target ?? backEnd.portableTarget)
    ? backEnd.compile(kernel, steps, { ...options, folds: true })
    : compiled
}

/** Whether a dispatch has too many workgroups along a dimension at these sizes. */
export const exceedsGrid = (
  { launches }: Pick<CompiledKernel, 'launches'>,
  sizes: Sizes,
  { limits }: Pick<Target, 'limits'>,
): boolean =>
  launches.some(
    ({ grid, gridWidth }) =>
      gridWidth === undefined &&
      grid.some((extent, axis) => evaluateExtent(extent, sizes) > (limits.workgroupsPerDimension[axis] as number)),
  )
