/** What the page knows, as signals, and what a visitor can do to it. Views read signals and call actions; nothing else changes the state. */
import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals'
import type { TargetName } from '@qernel/codegen'
import type {
  AccessFacts,
  Compiled,
  Counted,
  Edit,
  LoopFacts,
  Picture,
  Problem,
  StepResult,
  StepText,
  TextSource,
  TransformChoices,
  ValueChoice,
} from '../protocol.ts'
import type { SharedState } from '../share/shared-state.ts'
import type { ExampleEntry, FirstView, LibraryEntry } from './first-view.ts'
import { createRunModel, type RunModel } from './run-model.ts'
import { namedStep, replacing } from './step-keys.ts'

/** What is unfolded: steps that may be inserted before a position, or other values of the step there. */
export interface Opened {
  readonly kind: 'choices' | 'values'
  readonly position: number
}

export interface Model {
  readonly run: RunModel
  readonly library: readonly LibraryEntry[]
  readonly examples: readonly ExampleEntry[]
  /** The example that was chosen last. */
  readonly chosenExample: Signal<{ readonly name: string; readonly text: string } | undefined>
  readonly state: Signal<SharedState>
  /** The text of the kernel; undefined until the engine has found that of a kernel of the library. */
  readonly text: Signal<TextSource | undefined>
  /** What is wrong with the text. Everything else then shows the last text without problems. */
  readonly problems: Signal<readonly Problem[]>
  /** The last answer of the engine; what it says of a step holds while the text of the step is the same. */
  readonly compiled: Signal<Compiled>
  /** What the last stage moves; for a moment after a change, what it was before. */
  readonly counted: Signal<Counted | undefined>
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
  /** The access whose elements are pictured: its position in `Counted.accesses`. */
  readonly chosenAccess: Signal<number | undefined>
  readonly access: ReadonlySignal<number>
  readonly picture: Signal<Picture | undefined>
  /** Whether the loops show what their step changed. */
  readonly showsChanges: Signal<boolean>
  readonly opened: Signal<Opened | undefined>
  /** Undefined while the engine tries them. */
  readonly choices: Signal<readonly TransformChoices[] | undefined>
  readonly values: Signal<readonly ValueChoice[] | undefined>
  /** One sentence about the last action, shown for a while and read by screen readers. */
  readonly notice: Signal<string>
}

export function createModel(first: SharedState, view: FirstView): Model {
  const state = signal(first)
  const compiled = signal(view.compiled)
  const counted = signal(view.counted)
  const chosenStage = signal<number | undefined>(undefined)
  const hoveredLoop = signal<number | undefined>(undefined)
  const pinnedLoop = signal<number | undefined>(undefined)
  const chosenAccess = signal<number | undefined>(undefined)
  return {
    run: createRunModel(),
    library: view.library,
    examples: view.examples,
    chosenExample: signal(undefined),
    state,
    text: signal(view.text),
    problems: signal([]),
    compiled,
    counted,
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
    chosenAccess,
    access: computed(() => chosenAccess.value ?? usualAccess(counted.value?.accesses ?? [])),
    picture: signal(view.picture),
    showsChanges: signal(true),
    opened: signal(undefined),
    choices: signal(undefined),
    values: signal(undefined),
    notice: signal(''),
  }
}

/** A named schedule has the steps that the engine last found for it. */
function stepsOf({ schedule }: SharedState, { kernel }: Compiled): readonly StepText[] {
  if (schedule.kind === 'steps') return schedule.steps
  const named = kernel?.schedules.find(one => one.name === schedule.name)
  return named?.steps.map(namedStep) ?? []
}

/** The first load of the last dispatch: most kernels do their work there. */
export function usualAccess(accesses: readonly AccessFacts[]): number {
  const last = accesses.reduce((most, { dispatch }) => Math.max(most, dispatch), 0)
  return Math.max(
    0,
    accesses.findIndex(({ dispatch, kind }) => dispatch === last && kind === 'load'),
  )
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
    model.opened.value = undefined
    unmark(model)
  })
}

export function chooseKernel(model: Model, name: string): void {
  const { kernel, schedule } = model.state.value
  // Every kernel has a schedule `best`; steps of another kernel would name axes that this one lacks.
  const isNaive = kernel.kind === 'library' && schedule.kind === 'named' && schedule.name === 'naive'
  const kept = isNaive ? 'naive' : 'best'
  model.run.results.value = new Map()
  restore(model, { kernel: { kind: 'library', name }, schedule: { kind: 'named', name: kept }, fixed: {}, at: {} })
}

export function chooseElement(model: Model, element: string): void {
  const { kernel } = model.state.value
  if (kernel.kind === 'library') model.state.value = { ...model.state.value, kernel: { ...kernel, element } }
}

/** Takes over what the visitor has written: from then on the kernel is the visitor's own. */
export function editText(model: Model, text: string): void {
  const { kernel, schedule } = model.state.value
  const before = kernel.kind === 'text' ? kernel : model.text.value
  const changed: SharedState = { ...model.state.value, kernel: { ...before, kind: 'text', text } }
  // A schedule that was written for the kernel of the library is none of the text's, but its steps are steps.
  const isLost = kernel.kind === 'library' && schedule.kind === 'named' && isOwn(model, schedule.name)
  model.state.value = isLost ? { ...changed, schedule: { kind: 'steps', steps: [...model.steps.value] } } : changed
}

/** Whether a schedule was written for the kernel, rather than for all. */
const isOwn = ({ compiled }: Model, name: string): boolean =>
  compiled.value.kernel?.schedules.find(one => one.name === name)?.isOwn === true

/** Chooses another kernel of the text, or another value of one of its parameters. */
export function changeText(model: Model, change: Partial<Pick<TextSource, 'name' | 'set'>>): void {
  const { kernel, schedule, ...sizes } = model.state.value
  if (kernel.kind !== 'text') return
  const isLost = change.name !== undefined && (schedule.kind === 'steps' || isOwn(model, schedule.name))
  const kept = isLost ? { kind: 'named' as const, name: 'naive' } : schedule
  model.state.value = { ...sizes, kernel: { ...kernel, ...change }, schedule: kept }
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
  changeSteps(model, steps => steps.with(position, replacing(steps[position], changed)))
}

export function removeStep(model: Model, position: number): void {
  model.opened.value = undefined
  changeSteps(model, steps => steps.toSpliced(position, 1))
}

export function insertStep(model: Model, position: number, text: string): void {
  changeSteps(model, steps => steps.toSpliced(position, 0, { text, isOn: true }))
}

/** Moves a step to another position, counted without it. Nothing happens past either end. */
export function moveStep(model: Model, from: number, to: number): void {
  const step = model.steps.value[from]
  if (step === undefined || to < 0 || to >= model.steps.value.length || from === to) return
  model.opened.value = undefined
  changeSteps(model, steps => steps.toSpliced(from, 1).toSpliced(to, 0, step))
  model.notice.value = `Step ${from + 1} is now step ${to + 1}`
}

/** Takes over an alternative that the engine tried. */
export function takeEdit(model: Model, { at, remove, insert }: Edit): void {
  changeSteps(model, steps => steps.toSpliced(at, remove, ...insert.map(text => ({ text, isOn: true }))))
}

/** Marks a loop until it is clicked again, and pictures an access that depends on it. */
export function pinLoop(model: Model, loop: number): void {
  const { pinnedLoop, counted, access, chosenAccess } = model
  pinnedLoop.value = pinnedLoop.value === loop ? undefined : loop
  const accesses = counted.value?.accesses ?? []
  if (pinnedLoop.value === undefined || accesses[access.value]?.loops.includes(loop)) return
  const other = accesses.findIndex(({ loops }) => loops.includes(loop))
  if (other >= 0) chosenAccess.value = other
}

/** What the engine knows of a loop of the last stage. */
export const loopFacts = ({ counted }: Model, loop: number | undefined): LoopFacts | undefined =>
  counted.value?.loops.find(({ id }) => id === loop)

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
  model.chosenAccess.value = undefined
}
