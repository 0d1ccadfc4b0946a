/** Keeps what the model knows from the engine up to date. */
import { effect } from '@preact/signals'
import type { Engine } from '../engine/client.ts'
import type { Model } from './model.ts'

export function askEngine(model: Model, engine: Engine): void {
  const report = (error: unknown): void => {
    model.notice.value = `The compiler met an error of its own: ${error instanceof Error ? error.message : error}`
  }
  effect(() => {
    const question = { subject: model.state.value, target: model.target.value }
    engine.compile(question).then(compiled => {
      if (compiled !== undefined) model.compiled.value = compiled
    }, report)
  })
  effect(() => {
    // Whenever something was compiled, and not before: positions of accesses belong to it.
    if (model.compiled.value.counted === undefined) return
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
