import { type Model, takeEdit } from '../page/model.ts'
import type { RefusalFacts, StepResult, StepText } from '../protocol.ts'
import { focusStep } from './focus-step.ts'

interface OutcomeProps {
  readonly model: Model
  readonly step: StepText
  readonly position: number
  readonly outcome: StepResult['outcome'] | undefined
}

/** Why a step does not apply, with what was tried instead. */
export const Outcome = ({ model, step, position, outcome }: OutcomeProps) => {
  if (outcome?.kind === 'refused') return <Refusal model={model} refusal={outcome.refusal} />
  if (outcome?.kind === 'unreadable') return <p class="reason">{outcome.message}</p>
  if (outcome?.kind === 'unreached') return <p class="reason quiet">waits for the step before it</p>
  const late = lateRefusal(model, position)
  return late !== undefined && step.isOn ? <Refusal model={model} refusal={late} /> : null
}

/** A refusal of the whole schedule, at the step after which it cannot run. */
export function lateRefusal({ compiled, target }: Model, position: number): RefusalFacts | undefined {
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
        <div class="offers">
          <span class="quiet">Try instead:</span>
          {edits.map(edit => (
            <button
              key={edit.label}
              type="button"
              class="mono"
              title={edit.insert.join(' ')}
              onClick={() => {
                takeEdit(model, edit)
                focusStep(edit.at)
              }}
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
