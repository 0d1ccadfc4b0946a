/** Compiles a subject as far as it goes: whatever is wrong with it is part of the answer. */
import { LoweringError, type TargetName } from '@qernel/codegen'
import { scheduleFor } from '@qernel/codegen/internal'
import { type ScheduledKernel, ScheduleRefusal } from '@qernel/schedule'
import { stageHeads, stageLines } from '@qernel/schedule/internal'
import type { Compiled, CompileRequest, SourceResult, Stage } from '../protocol.ts'
import { backEnds } from './back-ends.ts'
import { refusalFacts } from './refusal-facts.ts'
import { sourceMarks } from './source-marks.ts'
import { shownStage } from './stages.ts'
import { type Understood, understand } from './subject.ts'
import { toEnd, type Work } from './turns.ts'

type Question = Pick<CompileRequest, 'subject' | 'target'>

export const compileSubject = (question: Question): Compiled => toEnd(compiling(question))

/** Pauses between the parts of the answer. */
export function* compiling({ subject, target }: Question): Work<Compiled> {
  const one = understand(subject, target)
  if ('problems' in one) {
    const { problems, facts } = one
    return { problems, ...(facts && { kernel: facts }), steps: [], stages: [] }
  }
  const { facts, texts, applied } = one
  yield
  const stages = lastStage(applied.scheduled)
  yield
  const wgsl = sourceOf(one, 'wgsl')
  yield
  const cuda = sourceOf(one, 'cuda')
  return {
    problems: [],
    kernel: facts,
    steps: texts.map((text, position) => ({ ...text, outcome: applied.outcomes[position] ?? { kind: 'unreached' } })),
    stages,
    sources: { wgsl, cuda },
  }
}

/** All stages, the last one with its lines. */
const lastStage = (scheduled: ScheduledKernel): Stage[] =>
  stageHeads(scheduled).map((head, position, { length }) =>
    shownStage(head, position === length - 1 ? stageLines(scheduled, position) : []),
  )

function sourceOf({ kernel, applied, fixed }: Understood, target: TargetName): SourceResult {
  const { steps, positions, scheduled } = applied
  const { portableTarget, compile } = backEnds[target]
  try {
    const compiled = compile(kernel, steps, { fixed, alternatives: false })
    const { nest } = scheduleFor(kernel, steps, portableTarget, { fixed })
    return { kind: 'source', text: compiled.source, marks: sourceMarks(compiled, nest, scheduled.nest) }
  } catch (error) {
    if (error instanceof LoweringError) return { kind: 'none', message: error.message }
    if (!(error instanceof ScheduleRefusal)) throw error
    const step = positions[error.step - 1]
    return {
      kind: 'none',
      message: error.refusal.message,
      refusal: { ...refusalFacts(error), ...(step === undefined ? {} : { step }) },
    }
  }
}
