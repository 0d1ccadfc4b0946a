/**
 * Kernels that rely on nothing, beside those of a schedule that does: what a file runs where a size breaks an assumption or a
 * pointer is not aligned for wide accesses. Both give the same bits.
 */
import { type Kernel, visitExpr } from '@qernel/dsl'
import { findSchedule, findTransform, type ScheduledKernel, ScheduleRefusal, type Step } from '@qernel/schedule'
import { type CompileOptions, LoweringError } from './back-end.ts'
import { type LoweredKernel, prepare } from './lower.ts'
import type { Target } from './target.ts'

/**
 * The candidates, the simplest first: the naive schedule, where that sums in the same order; the author's own steps without
 * their assumptions and with every access of one element. The printer decides which of them rely on nothing.
 */
export function* fallbacks(
  { kernel, steps }: ScheduledKernel,
  target: Target,
  options: CompileOptions,
): Generator<LoweredKernel> {
  const naive = findSchedule('naive')
  const candidates = [
    ...(naive === undefined || reordersSums(kernel, steps).length > 0 ? [] : [naive.steps(kernel)]),
    steps.map(withoutAssumptions),
  ]
  for (const candidate of candidates) {
    try {
      const { scheduled, lowered } = prepare(kernel, candidate, target, options)
      if (scheduled.nest.assumptions.length === 0) yield lowered
    } catch (error) {
      if (!(error instanceof ScheduleRefusal) && !(error instanceof LoweringError)) throw error
    }
  }
}

function withoutAssumptions(step: Step): Step {
  if (step.transform === 'vectorize') return { ...step, access: 1 }
  if (step.transform !== 'predicate') return step
  return Object.fromEntries(
    Object.entries(step).flatMap(([name, value]) =>
      name === 'multiple' ? [] : [[name, value === 'assume' ? 'mask' : value]],
    ),
  ) as Step
}

/** The steps that change the order of a float sum, and with it the last bits of the result. */
export const reordersSums = (kernel: Kernel, steps: readonly Step[]): Step[] =>
  hasFloatSum(kernel) ? steps.filter(step => findTransform(step.transform)?.numerics === 'reassociates') : []

function hasFloatSum(kernel: Kernel): boolean {
  let found = false
  for (const { value } of kernel.stages) {
    visitExpr(value, node => {
      if (node.kind === 'reduce' && node.op === 'sum' && node.type === 'f32') found = true
    })
  }
  return found
}
