/** Keeps what the model knows from the engine up to date. */
import { computed, effect } from '@preact/signals'
import type { Engine } from '../engine/client.ts'
import { defaultState } from '../share/shared-state.ts'
import { askLater, type LaterAnswers, laterAnswersOf } from './later-answers.ts'
import type { Model } from './model.ts'

/** Keeps the model up to date for as long as the page is open. */
export function askEngine(model: Model, engine: Engine): void {
  const report = (error: unknown): void => {
    model.notice.value = `The compiler met an error of its own: ${error instanceof Error ? error.message : error}`
  }
  let later: LaterAnswers | undefined
  effect(() => {
    const question = { subject: model.state.value, target: model.target.value }
    engine.compile(question).then(compiled => {
      if (compiled === undefined) return
      model.problems.value = compiled.problems
      // While a text has problems, the page shows what was right before.
      if (compiled.kernel !== undefined || question.subject.kernel.kind === 'library') {
        model.compiled.value = compiled
        later = laterAnswersOf(question, compiled)
      }
      if (later !== undefined) askLater(model, engine, later, report)
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
