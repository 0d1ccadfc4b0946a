import { type Model, moveStep, removeStep, replaceStep, resultOf } from '../page/model.ts'
import type { RefusalFacts, StepResult, StepText } from '../protocol.ts'

interface StepProps {
  readonly model: Model
  readonly step: StepText
  readonly position: number
}

/** One step: switched on or off, edited as text, moved by dragging or with Alt and the arrow keys, removed. */
export const StepChip = ({ model, step, position }: StepProps) => {
  const outcome = resultOf(model.compiled.value, position, step)?.outcome
  return (
    <li
      class={`step ${outcome === undefined ? '' : `is-${outcome.kind}`}`}
      onKeyDown={event => {
        if (!event.altKey || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return
        event.preventDefault()
        moveStep(model, position, position + (event.key === 'ArrowUp' ? -1 : 1))
      }}
    >
      <div class="step-row">
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
        <button
          type="button"
          class="small"
          aria-label={`Move step ${position + 1} up`}
          disabled={position === 0}
          onClick={() => moveStep(model, position, position - 1)}
        >
          ↑
        </button>
        <button
          type="button"
          class="small"
          aria-label={`Move step ${position + 1} down`}
          disabled={position === model.steps.value.length - 1}
          onClick={() => moveStep(model, position, position + 1)}
        >
          ↓
        </button>
        <button
          type="button"
          class="small"
          aria-label={`Remove step ${position + 1}`}
          onClick={() => removeStep(model, position)}
        >
          ×
        </button>
      </div>
      <Outcome model={model} step={step} position={position} outcome={outcome} />
    </li>
  )
}

const Outcome = ({
  model,
  step,
  position,
  outcome,
}: StepProps & { readonly outcome: StepResult['outcome'] | undefined }) => {
  if (outcome?.kind === 'refused')
    return <Refusal refusal={outcome.refusal} onTake={text => replaceStep(model, position, { ...step, text })} />
  if (outcome?.kind === 'unreadable') return <p class="reason">{outcome.message}</p>
  if (outcome?.kind === 'unreached') return <p class="reason quiet">waits for the step before it</p>
  return null
}

const Refusal = ({ refusal }: { readonly refusal: RefusalFacts; readonly onTake: (text: string) => void }) => (
  <div class="reason">
    <p>
      {refusal.message} <span class="refusal-code">{refusal.code}</span>
    </p>
    {refusal.alternatives.length > 0 && <p class="quiet">allowed: {refusal.alternatives.join(', ')}</p>}
  </div>
)
