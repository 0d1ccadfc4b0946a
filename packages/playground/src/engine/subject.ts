/** A subject as far as it can be understood: the kernel, its facts, and the steps that apply. */
import type { TargetName } from '@qernel/codegen'
import { InputError } from '@qernel/dsl'
import type { KernelFacts, Problem, StepText, Subject } from '../protocol.ts'
import { type AppliedSteps, applyAsFarAsPossible } from './apply-steps.ts'
import { backEnds } from './back-ends.ts'
import type { FoundKernel } from './found-kernel.ts'
import { kernelFacts } from './kernel-facts.ts'
import { findSource } from './kernel-source.ts'
import { readSteps } from './read-steps.ts'

export interface Understood extends Pick<FoundKernel, 'kernel'> {
  readonly facts: KernelFacts
  readonly texts: readonly StepText[]
  readonly fixed: ReadonlyMap<string, number>
  readonly applied: AppliedSteps
}

/** What is wrong with a subject as a whole; the facts are there if the kernel is right. */
export interface NotUnderstood {
  readonly problems: readonly Problem[]
  readonly facts?: KernelFacts
}

/** The last one is remembered, since several requests concern the same subject. */
export function understand({ kernel, schedule, fixed }: Subject, target: TargetName): Understood | NotUnderstood {
  const key = JSON.stringify([kernel, schedule, Object.entries(fixed), target])
  if (last?.key !== key) last = { key, understood: understandNew({ kernel, schedule, fixed }, target) }
  return last.understood
}

let last: { readonly key: string; readonly understood: Understood | NotUnderstood } | undefined

function understandNew(subject: Omit<Subject, 'at'>, target: TargetName): Understood | NotUnderstood {
  const found = findSource(subject.kernel)
  if ('problems' in found) return found
  const { kernel } = found
  const fixed = new Map(Object.entries(subject.fixed))
  const { portableTarget } = backEnds[target]
  const facts = kernelFacts(found, { target: portableTarget, fixed })
  const texts = textsOf(subject.schedule, facts)
  if ('message' in texts) return { problems: [texts], facts }
  try {
    return {
      kernel,
      facts,
      texts,
      fixed,
      applied: applyAsFarAsPossible(kernel, readSteps(texts), portableTarget, fixed),
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return { problems: [{ code: 'size', message: error.message }], facts }
  }
}

function textsOf(schedule: Subject['schedule'], { name, schedules }: KernelFacts): readonly StepText[] | Problem {
  if (schedule.kind === 'steps') return schedule.steps
  const named = schedules.find(one => one.name === schedule.name)
  return (
    named?.steps.map((text): StepText => ({ text, isOn: true })) ?? {
      code: 'no-such-schedule',
      message: `${name} has no schedule ${schedule.name}`,
      instead: schedules.map(one => one.name).join(', '),
    }
  )
}
