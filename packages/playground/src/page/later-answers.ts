/** Asks for what the first answer about a subject leaves out, so that it comes soon after a key stroke. */
import type { TargetName } from '@qernel/codegen'
import type { Engine, Question } from '../engine/client.ts'
import type { Answers, Compiled, SourceResult, Ways } from '../protocol.ts'
import type { Model } from './model.ts'

type Later = 'counted' | 'stages' | 'ways'

/** What is shown, and what of it is missing yet. */
export interface LaterAnswers {
  readonly question: Question<'compile'>
  readonly missing: Set<Later>
}

export const laterAnswersOf = (question: Question<'compile'>, compiled: Compiled): LaterAnswers => ({
  question,
  missing: new Set(isRefused(compiled) ? ['counted', 'stages', 'ways'] : ['counted', 'stages']),
})

const isRefused = ({ steps, sources }: Compiled): boolean =>
  steps.some(({ outcome }) => outcome.kind === 'refused') ||
  Object.values(sources ?? {}).some(source => source.kind === 'none' && source.refusal !== undefined)

/** Asks for whatever is missing. A newer request makes that stale, and is itself no reason to show something else if it has problems: then this is called again. */
export function askLater(
  model: Model,
  engine: Engine,
  { question, missing }: LaterAnswers,
  report: (error: unknown) => void,
): void {
  const ask = <K extends Later>(kind: K, take: (result: Answers[K]) => void): void => {
    if (!missing.has(kind)) return
    engine.ask(kind, question as Question<K>).then(answer => {
      if (answer === undefined) return
      missing.delete(kind)
      take(answer.result)
    }, report)
  }
  ask('counted', counted => {
    model.counted.value = counted
  })
  ask('stages', stages => {
    model.compiled.value = { ...model.compiled.peek(), stages }
  })
  ask('ways', ways => {
    model.compiled.value = withWays(model.compiled.peek(), ways)
  })
}

/** Puts the ways past refusals where the refusals are. */
function withWays(compiled: Compiled, ways: Ways): Compiled {
  const { steps, sources } = compiled
  const refusal = ways.step
  const source = (name: TargetName, of: SourceResult): SourceResult =>
    of.kind === 'none' && of.refusal !== undefined ? { ...of, refusal: { ...of.refusal, ...ways.sources[name] } } : of
  return {
    ...compiled,
    steps: steps.map(step =>
      step.outcome.kind === 'refused' && refusal !== undefined
        ? { ...step, outcome: { kind: 'refused', refusal } }
        : step,
    ),
    ...(sources && { sources: { wgsl: source('wgsl', sources.wgsl), cuda: source('cuda', sources.cuda) } }),
  }
}
