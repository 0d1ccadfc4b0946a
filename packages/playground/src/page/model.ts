/** What the page knows, as signals, and what a visitor can do to it. Views read signals and call actions; nothing else changes the state. */
import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { TargetName } from '@qernel/codegen'
import type { Compiled, StepResult, StepText } from '../protocol.ts'
import type { SharedState } from '../share/shared-state.ts'
import type { LibraryEntry } from './first-view.ts'

export interface Model {
  readonly library: readonly LibraryEntry[]
  readonly state: Signal<SharedState>
  /** The last answer of the engine; what it says of a step holds while the text of the step is the same. */
  readonly compiled: Signal<Compiled>
  readonly target: Signal<TargetName>
  readonly steps: ReadonlySignal<readonly StepText[]>
  /** The position in `compiled.stages` that the visitor chose; undefined follows the last. */
  readonly chosenStage: Signal<number | undefined>
  readonly stage: ReadonlySignal<number>
  /** The loop under the pointer or the focus. */
  readonly hoveredLoop: Signal<number | undefined>
  /** The loop that was clicked: marked until it is clicked again. */
  readonly pinnedLoop: Signal<number | undefined>
  readonly markedLoop: ReadonlySignal<number | undefined>
  /** One sentence about the last action, shown for a while and read by screen readers. */
  readonly notice: Signal<string>
}

export function createModel(library: readonly LibraryEntry[], first: SharedState, compiledFirst: Compiled): Model {
  const state = signal(first)
  const compiled = signal(compiledFirst)
  const chosenStage = signal<number | undefined>(undefined)
  const hoveredLoop = signal<number | undefined>(undefined)
  const pinnedLoop = signal<number | undefined>(undefined)
  return {
    library,
    state,
    compiled,
    target: signal<TargetName>('wgsl'),
    steps: computed(() => stepsOf(state.value, compiled.value)),
    chosenStage,
    stage: computed(() => {
      const last = compiled.value.stages.length - 1
      return Math.max(0, Math.min(chosenStage.value ?? last, last))
    }),
    hoveredLoop,
    pinnedLoop,
    markedLoop: computed(() => hoveredLoop.value ?? pinnedLoop.value),
    notice: signal(''),
  }
}

/** A named schedule has the steps that the engine last found for it. */
function stepsOf({ schedule }: SharedState, { kernel }: Compiled): readonly StepText[] {
  if (schedule.kind === 'steps') return schedule.steps
  const named = kernel?.schedules.find(one => one.name === schedule.name)
  return named?.steps.map(text => ({ text, isOn: true })) ?? []
}

/** What the engine said of a step, unless the visitor has changed it since. */
export function resultOf(compiled: Compiled, position: number, { text, isOn }: StepText): StepResult | undefined {
  const result = compiled.steps[position]
  return result?.text === text && result.isOn === isOn ? result : undefined
}

/** Everything is chosen anew, as when a link is opened. */
export function restore(model: Model, state: SharedState): void {
  batch(() => {
    model.state.value = state
    unmark(model)
  })
}

export function chooseKernel(model: Model, name: string): void {
  const { schedule } = model.state.value
  // Every kernel has a schedule `best`; steps of another kernel would name axes that this one lacks.
  const kept = schedule.kind === 'named' && schedule.name === 'naive' ? 'naive' : 'best'
  restore(model, { kernel: { kind: 'library', name }, schedule: { kind: 'named', name: kept }, fixed: {}, at: {} })
}

export function chooseElement(model: Model, element: string): void {
  const { kernel } = model.state.value
  model.state.value = { ...model.state.value, kernel: { ...kernel, element } }
}

export function chooseSchedule(model: Model, name: string): void {
  restore(model, { ...model.state.value, schedule: { kind: 'named', name } })
}

/** Fixes a size at compile time, or leaves it open. */
export function fixSize(model: Model, size: string, value: number | undefined): void {
  const { [size]: _, ...others } = model.state.value.fixed
  model.state.value = { ...model.state.value, fixed: value === undefined ? others : { ...others, [size]: value } }
}

export function replaceStep(model: Model, position: number, changed: StepText): void {
  changeSteps(model, steps => steps.with(position, changed))
}

export function removeStep(model: Model, position: number): void {
  changeSteps(model, steps => steps.toSpliced(position, 1))
}

export function insertStep(model: Model, position: number, text: string): void {
  changeSteps(model, steps => steps.toSpliced(position, 0, { text, isOn: true }))
}

/** Moves a step to another position, counted without it. Nothing happens past either end. */
export function moveStep(model: Model, from: number, to: number): void {
  const step = model.steps.value[from]
  if (step === undefined || to < 0 || to >= model.steps.value.length || from === to) return
  changeSteps(model, steps => steps.toSpliced(from, 1).toSpliced(to, 0, step))
  model.notice.value = `Step ${from + 1} is now step ${to + 1}`
}

function changeSteps(model: Model, change: (steps: readonly StepText[]) => readonly StepText[]): void {
  batch(() => {
    model.state.value = {
      ...model.state.value,
      schedule: { kind: 'steps', steps: [...change(model.steps.value)] },
    }
    unmark(model)
  })
}

/** Loops have new ids after a change. */
function unmark(model: Model): void {
  model.chosenStage.value = undefined
  model.hoveredLoop.value = undefined
  model.pinnedLoop.value = undefined
}
