/** Keeps what the model knows from the engine up to date. */
import { computed, effect } from '@preact/signals'
import type { TargetName } from '@qernel/codegen'
import type { Engine } from '../engine/client.ts'
import type { Compiled, SourceResult, Ways } from '../protocol.ts'
import { defaultState } from '../share/shared-state.ts'
import type { Model } from './model.ts'

const isRefused = ({ steps, sources }: Compiled): boolean =>
  steps.some(({ outcome }) => outcome.kind === 'refused') ||
  Object.values(sources ?? {}).some(source => source.kind === 'none' && source.refusal !== undefined)

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

/** Keeps the model up to date for as long as the page is open. */
export function askEngine(model: Model, engine: Engine): void {
  const report = (error: unknown): void => {
    model.notice.value = `The compiler met an error of its own: ${error instanceof Error ? error.message : error}`
  }
  effect(() => {
    const question = { subject: model.state.value, target: model.target.value }
    engine.compile(question).then(compiled => {
      if (compiled === undefined) return
      model.problems.value = compiled.problems
      // While a text has problems, the page shows what was right before.
      if (compiled.kernel === undefined && question.subject.kernel.kind === 'text') return
      model.compiled.value = compiled
      engine.ask('counted', question).then(answer => {
        if (answer !== undefined) model.counted.value = answer.result
      }, report)
      if (!isRefused(compiled)) return
      engine.ask('ways', question).then(answer => {
        if (answer !== undefined && model.compiled.peek() === compiled)
          model.compiled.value = withWays(compiled, answer.result)
      }, report)
    }, report)
  })
  const kernel = computed(() => model.state.value.kernel)
  effect(() => {
    const source = kernel.value
    if (source.kind === 'text') model.text.value = source
    else if (source !== defaultState.kernel) {
      model.text.value = undefined
      engine.ask('text', { source }).then(answer => {
        if (answer !== undefined && kernel.peek() === source) model.text.value = answer.result
      }, report)
    }
  })
  effect(() => {
    // Whenever something was counted, and not before: positions of accesses belong to it.
    if (model.counted.value === undefined) return
    const question = { subject: model.state.peek(), target: model.target.peek(), access: model.access.value }
    engine.ask('picture', question).then(answer => {
      if (answer !== undefined) model.picture.value = answer.result
    }, report)
  })
  effect(() => {
    const opened = model.opened.value
    const question = { subject: model.state.value, target: model.target.value }
    if (opened?.kind !== 'choices') return
    model.choices.value = undefined
    engine.ask('choices', { ...question, position: opened.position }).then(answer => {
      if (answer !== undefined) model.choices.value = answer.result
    }, report)
  })
  effect(() => {
    const opened = model.opened.value
    const question = { subject: model.state.value, target: model.target.value }
    if (opened?.kind !== 'values') return
    engine.ask('values', { ...question, position: opened.position }).then(answer => {
      if (answer !== undefined) model.values.value = answer.result
    }, report)
  })
}
