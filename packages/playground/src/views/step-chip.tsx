import { type Model, moveStep, type Opened, removeStep, replaceStep, resultOf } from '../page/model.ts'
import type { StepText } from '../protocol.ts'
import { Choices } from './choices.tsx'
import { dragStep } from './drag-step.ts'
import { focusStep } from './focus-step.ts'
import { lateRefusal, Outcome } from './outcome.tsx'
import { Values } from './values.tsx'

interface StepProps {
  readonly model: Model
  readonly step: StepText
  readonly position: number
}

/** One step: moved by its handle or with Alt and an arrow key, switched on or off, edited as text, removed. */
export const StepChip = ({ model, step, position }: StepProps) => {
  const outcome = resultOf(model.compiled.value, position, step)?.outcome
  const { opened } = model
  const state = lateRefusal(model, position) === undefined ? (outcome?.kind ?? 'waiting') : 'refused'
  return (
    <li
      class={`step is-${state}`}
      onKeyDown={event => {
        const { target } = event
        const isHandle = target instanceof HTMLElement && target.classList.contains('handle')
        if (!(event.altKey || isHandle) || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
        event.preventDefault()
        moveStep(model, position, position + (event.key === 'ArrowUp' ? -1 : 1))
        // A browser takes the focus from an element that moves in the page.
        if (target instanceof HTMLElement) setTimeout(() => target.focus())
      }}
    >
      <div class="step-row">
        <button
          type="button"
          class="handle"
          aria-label={`Move step ${position + 1} with the arrow keys`}
          title="Drag, or press the arrow keys"
          onPointerDown={event => dragStep(model, position, event)}
        >
          ⠿
        </button>
        <input
          type="checkbox"
          checked={step.isOn}
          aria-label={`Step ${position + 1} is on`}
          onChange={event => replaceStep(model, position, { ...step, isOn: event.currentTarget.checked })}
        />
        <input
          class="step-text mono"
          value={step.text}
          aria-label={`Step ${position + 1}`}
          aria-invalid={outcome?.kind === 'refused' || outcome?.kind === 'unreadable'}
          spellcheck={false}
          autocomplete="off"
          onInput={event => replaceStep(model, position, { ...step, text: event.currentTarget.value })}
        />
        <Toggle model={model} of={{ kind: 'values', position }} label={`Other values of step ${position + 1}`}>
          ≡
        </Toggle>
        <Toggle
          model={model}
          of={{ kind: 'choices', position: position + 1 }}
          label={`Add a step behind step ${position + 1}`}
        >
          +
        </Toggle>
        <button
          type="button"
          class="small"
          aria-label={`Remove step ${position + 1}`}
          title="Remove"
          onClick={() => {
            removeStep(model, position)
            focusStep(position)
          }}
        >
          ×
        </button>
      </div>
      <Outcome model={model} step={step} position={position} outcome={outcome} />
      {opened.value?.kind === 'values' && opened.value.position === position && <Values model={model} step={step} />}
      {opened.value?.kind === 'choices' &&
        opened.value.position === position + 1 &&
        position + 1 < model.steps.value.length && <Choices model={model} position={position + 1} />}
    </li>
  )
}

const Toggle = (props: {
  readonly model: Model
  readonly of: Opened
  readonly label: string
  readonly children: string
}) => {
  const { model, of, label, children } = props
  const isOpen = model.opened.value?.kind === of.kind && model.opened.value.position === of.position
  return (
    <button
      type="button"
      class="small"
      aria-label={label}
      title={label}
      aria-expanded={isOpen}
      onClick={() => {
        model.opened.value = isOpen ? undefined : of
      }}
    >
      {children}
    </button>
  )
}
