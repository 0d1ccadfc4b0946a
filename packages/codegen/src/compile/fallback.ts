/**
 * Fallback kernels, for schedules that assume something about sizes or pointers. A file runs them if a size breaks an assumption
 * or a pointer is not aligned for wide accesses. They produce the same bits as the scheduled kernels.
 */
import { type Expr, type Kernel, type Statement, visitExpr } from '@qernel/dsl'
import { memoize } from '@qernel/dsl/internal'
import { findSchedule, findTransform, type ScheduledKernel, ScheduleRefusal, type Step } from '@qernel/schedule'
import { plainSteps } from '@qernel/schedule/internal'
import { lower, scheduleFor } from '../lower/lower.ts'
import type { LoweredKernel } from '../program/lowered-kernel.ts'
import { type CompileOptions, LoweringError } from './back-end.ts'
import type { Target } from './target.ts'

/**
 * The candidates are the naive schedule, if it sums in the same order, and the author's own steps without their assumptions and with
 * accesses of one element each. The naive schedule comes first because it is the simplest, except if the author splits a reduction of
 * launch-time length: then theirs needs no other workspaces. The last resort is one thread per result. The printer decides which of the
 * candidates assume nothing and use only workspaces that the file has.
 */
export function* fallbacks(
  { kernel, steps }: ScheduledKernel,
  target: Target,
  options: CompileOptions,
): Generator<LoweredKernel> {
  const inOrder = reordersSums(kernel, steps).length === 0
  const naive = () => (inOrder ? naiveOf(kernel, target, options) : undefined)
  const plain = () => (inOrder ? withoutAssuming(kernel, plainSteps(kernel), target, options) : undefined)
  const relaxed = () => withoutAssuming(kernel, steps.map(withoutAssumptions), target, options)
  const isShared = foldsSizes(kernel) && steps.some(({ transform }) => transform === 'splitReduction')
  for (const make of isShared ? [relaxed, naive, plain] : [naive, relaxed, plain]) {
    const made = make()
    if (made !== undefined) yield made
  }
}

/** Cached, because the naive schedule does not depend on the author's: a sweep lowers it once per kernel. */
function naiveOf(kernel: Kernel, target: Target, options: CompileOptions): LoweredKernel | undefined {
  const steps = findSchedule('naive')?.steps({ kernel })
  if (steps === undefined) return undefined
  const ofKernel = naives(kernel)
  const ofTarget = ofKernel.get(target) ?? new Map<string, LoweredKernel | undefined>()
  ofKernel.set(target, ofTarget)
  const key = JSON.stringify([[...(options.fixed ?? [])], options.division, options.folds])
  if (!ofTarget.has(key)) ofTarget.set(key, withoutAssuming(kernel, steps, target, options))
  return ofTarget.get(key)
}
const naives = memoize((_: Kernel) => new WeakMap<Target, Map<string, LoweredKernel | undefined>>(), 4)

function withoutAssuming(
  kernel: Kernel,
  steps: readonly Step[],
  target: Target,
  options: CompileOptions,
): LoweredKernel | undefined {
  try {
    const scheduled = scheduleFor(kernel, steps, target, options)
    const nest = { ...scheduled.nest, body: withNarrowAccess(scheduled.nest.body) }
    return nest.assumptions.length === 0 ? lower({ ...scheduled, nest }, target, options) : undefined
  } catch (error) {
    if (error instanceof ScheduleRefusal || error instanceof LoweringError) return undefined
    throw error
  }
}

function withoutAssumptions(step: Step): Step {
  if (step.transform !== 'predicate') return step
  const kept = Object.entries(step).filter(([name]) => name !== 'multiple')
  return Object.fromEntries(kept.map(([name, value]) => [name, value === 'assume' ? 'mask' : value])) as Step
}

/** The same body with the elements of vectors loaded and stored one by one. */
const withNarrowAccess = (body: readonly Statement[]): Statement[] =>
  body.map(statement => {
    if (statement.kind !== 'loop') return statement
    const inner = { ...statement, body: withNarrowAccess(statement.body) }
    return statement.mode === 'vector' ? { ...inner, accessWidth: 1 } : inner
  })

/** The steps that change the order of a float sum, and with it the last bits of the result. */
export const reordersSums = (kernel: Kernel, steps: readonly Step[]): Step[] =>
  hasFloatSum(kernel) ? steps.filter(step => findTransform(step.transform)?.numerics === 'reassociates') : []

const hasFloatSum = (kernel: Kernel): boolean => hasReduction(kernel, ({ op, type }) => op === 'sum' && type === 'f32')

/** Whether a reduction runs over an axis whose length is a size. */
const foldsSizes = (kernel: Kernel): boolean =>
  hasReduction(kernel, ({ axes }) => axes.some(({ extent }) => typeof extent !== 'number'))

type Reduction = Extract<Expr, { readonly kind: 'reduce' }>

function hasReduction(kernel: Kernel, isMeant: (reduction: Reduction) => boolean): boolean {
  let found = false
  for (const { value } of kernel.stages)
    visitExpr(value, node => {
      if (node.kind === 'reduce' && isMeant(node)) found = true
    })
  return found
}
