/**
 * Fallback kernels, for schedules that assume something about sizes or pointers. A file runs them if a size breaks an assumption
 * or a pointer is not aligned for wide accesses. They produce the same bits as the scheduled kernels.
 */
import { type Expr, type Kernel, type Statement, visitExpr } from '@qernel/dsl'
import { memoize } from '@qernel/dsl/internal'
import { findTransform, type ScheduledKernel, ScheduleRefusal, type Step } from '@qernel/schedule'
import { anySizeSteps, plainSteps } from '@qernel/schedule/internal'
import { lower, scheduleFor } from '../lower/lower.ts'
import type { LoweredKernel } from '../program/lowered-kernel.ts'
import { type CompileOptions, LoweringError } from './back-end.ts'
import type { Target } from './target.ts'

/**
 * The candidates are steps for arguments of any size, if they sum in the same order; the author's own steps without their assumptions and with
 * accesses of one element each; and one thread per result. The printer decides which of them assume nothing and use only workspaces that
 * the file has.
 */
export function* fallbacks(
  { kernel, steps }: ScheduledKernel,
  target: Target,
  options: CompileOptions,
): Generator<LoweredKernel> {
  const inOrder = reordersSums(kernel, steps).length === 0
  const plain = () => madeOf(withoutAssuming(kernel, plainSteps(kernel), target, options))
  // A thread that takes many codes of 2 or 3 bits needs more than 128 registers, and a file too long to read.
  const isPlain = kernel.tensors.some(({ type }) => type.bits < 4)
  if (inOrder) yield* isPlain ? plain() : madeOf(ofAnySize(kernel, target, options))
  yield* madeOf(withoutAssuming(kernel, steps.map(withoutAssumptions), target, options))
  if (inOrder && !isPlain) yield* plain()
}

const madeOf = (made: LoweredKernel | undefined): readonly LoweredKernel[] => (made === undefined ? [] : [made])

/** Cached, because these steps do not depend on the author's: a sweep lowers them once per kernel. */
function ofAnySize(kernel: Kernel, target: Target, options: CompileOptions): LoweredKernel | undefined {
  const ofKernel = known(kernel)
  const ofTarget = ofKernel.get(target) ?? new Map<string, LoweredKernel | undefined>()
  ofKernel.set(target, ofTarget)
  const key = JSON.stringify([[...(options.fixed ?? [])], options.division, options.folds])
  if (!ofTarget.has(key)) ofTarget.set(key, withoutAssuming(kernel, anySizeSteps(kernel), target, options))
  return ofTarget.get(key)
}
const known = memoize((_: Kernel) => new WeakMap<Target, Map<string, LoweredKernel | undefined>>(), 4)

function withoutAssuming(
  kernel: Kernel,
  steps: readonly Step[],
  target: Target,
  options: CompileOptions,
): LoweredKernel | undefined {
  try {
    const scheduled = scheduleFor(kernel, steps, target, { ...options, alternatives: false })
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

type Reduction = Extract<Expr, { readonly kind: 'reduce' }>

function hasReduction(kernel: Kernel, isMeant: (reduction: Reduction) => boolean): boolean {
  let found = false
  for (const { value } of kernel.stages)
    visitExpr(value, node => {
      if (node.kind === 'reduce' && isMeant(node)) found = true
    })
  return found
}
