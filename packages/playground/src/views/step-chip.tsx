import { type Model, moveStep, removeStep, replaceStep, resultOf, takeEdit } from '../page/model.ts'
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
  if (outcome?.kind === 'refused') return <Refusal model={model} refusal={outcome.refusal} />
  if (outcome?.kind === 'unreadable') return <p class="reason">{outcome.message}</p>
  if (outcome?.kind === 'unreached') return <p class="reason quiet">waits for the step before it</p>
  const late = lateRefusal(model, position)
  return late !== undefined && step.isOn ? <Refusal model={model} refusal={late} /> : null
}

/** A refusal of the whole schedule, at the step after which it cannot run. */
function lateRefusal({ compiled, target }: Model, position: number): RefusalFacts | undefined {
  const source = compiled.value.sources?.[target.value]
  return source?.kind === 'none' && source.refusal?.step === position ? source.refusal : undefined
}

const Refusal = ({ model, refusal }: { readonly model: Model; readonly refusal: RefusalFacts }) => {
  const { message, code, edits, alternatives } = refusal
  const words = alternatives.filter(one => !edits.some(({ label }) => label === one))
  return (
    <div class="reason">
      <p>
        {message} <span class="refusal-code">{code}</span>
      </p>
      {edits.length > 0 && (
        <div class="edits">
          <span class="quiet">Try instead:</span>
          {edits.map(edit => (
            <button
              key={edit.label}
              type="button"
              class="mono"
              title={edit.insert.join(' ')}
              onClick={() => takeEdit(model, edit)}
            >
              {edit.label}
            </button>
          ))}
        </div>
      )}
      {words.length > 0 && <p class="quiet">Allowed: {words.join(', ')}</p>}
    </div>
  )
}
