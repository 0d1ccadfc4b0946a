/** Compiles a subject as far as it goes: whatever is wrong with it is part of the answer. */
import { LoweringError, type TargetName } from '@qernel/codegen'
import { InputError, type Kernel } from '@qernel/dsl'
import { printNest, printStep, type ScheduledKernel, ScheduleRefusal } from '@qernel/schedule'
import type { Compiled, CompileRequest, KernelFacts, SourceResult, Stage, StepText, Subject } from '../protocol.ts'
import { type AppliedSteps, applyAsFarAsPossible } from './apply-steps.ts'
import { backEnds } from './back-ends.ts'
import { kernelFacts } from './kernel-facts.ts'
import { findSource } from './kernel-source.ts'
import { readSteps } from './read-steps.ts'
import { refusalFacts } from './refusal-facts.ts'

export function compileSubject({ subject, target }: Pick<CompileRequest, 'subject' | 'target'>): Compiled {
  const found = findSource(subject.kernel)
  if ('problems' in found) return { ...found, steps: [], stages: [] }
  const { kernel } = found
  const fixed = new Map(Object.entries(subject.fixed))
  const { portableTarget } = backEnds[target]
  const facts = kernelFacts(kernel, found.schedules, { target: portableTarget, fixed })
  const texts = textsOf(subject.schedule, facts)
  if ('message' in texts) return { problems: [texts], kernel: facts, steps: [], stages: [] }
  try {
    const applied = applyAsFarAsPossible(kernel, readSteps(texts), portableTarget, fixed)
    return {
      problems: [],
      kernel: facts,
      steps: texts.map((one, position) => ({ ...one, outcome: applied.outcomes[position] ?? { kind: 'unreached' } })),
      stages: stagesOf(applied.scheduled),
      sources: { wgsl: sourceOf(kernel, applied, fixed, 'wgsl'), cuda: sourceOf(kernel, applied, fixed, 'cuda') },
    }
  } catch (error) {
    if (!(error instanceof InputError)) throw error
    return { problems: [{ code: 'size', message: error.message }], kernel: facts, steps: [], stages: [] }
  }
}

function textsOf(schedule: Subject['schedule'], { name, schedules }: KernelFacts) {
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

function stagesOf({ history, repairs, repairsBehind, steps }: ScheduledKernel): Stage[] {
  const all = [...repairs, ...steps, ...repairsBehind]
  return history.map((nest, position): Stage => {
    const step = all[position - 1]
    return {
      ...(step === undefined ? {} : { step: printStep(step) }),
      isRepair: position > 0 && (position <= repairs.length || position > repairs.length + steps.length),
      lines: printNest(nest),
    }
  })
}

function sourceOf(
  kernel: Kernel,
  { steps, positions }: AppliedSteps,
  fixed: ReadonlyMap<string, number>,
  target: TargetName,
): SourceResult {
  try {
    return { kind: 'source', text: backEnds[target].compile(kernel, steps, { fixed }).source }
  } catch (error) {
    if (error instanceof LoweringError) return { kind: 'none', message: error.message }
    if (!(error instanceof ScheduleRefusal)) throw error
    const step = positions[error.step - 1]
    const refusal = { ...refusalFacts(error.refusal), ...(step === undefined ? {} : { step }) }
    return { kind: 'none', message: error.refusal.message, refusal }
  }
}
