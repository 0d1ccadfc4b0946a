import type { TargetName } from '@qernel/codegen'
import type { Kernel, Nest } from '@qernel/dsl'
import type { Step } from '@qernel/schedule'
import { understand } from '../engine/subject.ts'
import type { Subject } from '../protocol.ts'
import type { Stopped } from './messages.ts'

/** A kernel with the steps of its schedule, as it runs. */
export interface Runnable {
  readonly kernel: Kernel
  readonly steps: readonly Step[]
  readonly nest: Nest
  /** Values of open sizes that the page gives. */
  readonly at: Readonly<Record<string, number>>
}

const target: TargetName = 'wgsl'

/** What runs, or why nothing does: every step that is switched on has to apply. */
export function runnable(subject: Subject): Runnable | Stopped {
  const one = understand(subject, target)
  const refused = (message: string): Stopped => ({ kind: 'stopped', reason: 'refused', message })
  if ('problems' in one) return refused(one.problems.map(({ message }) => message).join('; '))
  const { steps, scheduled, outcomes } = one.applied
  for (const [position, outcome] of outcomes.entries()) {
    if (outcome.kind === 'refused') return refused(`Step ${position + 1}: ${outcome.refusal.message}`)
    if (outcome.kind === 'unreadable') return refused(`Step ${position + 1}: ${outcome.message}`)
  }
  return { kernel: one.kernel, steps, nest: scheduled.nest, at: subject.at }
}
