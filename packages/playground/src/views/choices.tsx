import { insertStep, type Model } from '../page/model.ts'
import { focusStep } from './focus-step.ts'
import { intoView } from './into-view.ts'

/** Every step that was tried at a point of the schedule: those that apply to be clicked, the others with the reason. */
export const Choices = ({ model, position }: { readonly model: Model; readonly position: number }) => {
  const all = model.choices.value
  if (all === undefined) return <p class="choices quiet">Trying every transform here …</p>
  const refused = all.filter(({ steps }) => steps.length === 0)
  return (
    <section class="choices" aria-label="Steps that apply here" ref={intoView}>
      {all
        .filter(({ steps }) => steps.length > 0)
        .map(({ transform, summary, steps }) => (
          <div key={transform} class="choice">
            <p>
              <b>{transform}</b> <span class="quiet">{summary}</span>
            </p>
            <div class="offers">
              {steps.map(text => (
                <button
                  key={text}
                  type="button"
                  class="mono"
                  onClick={() => {
                    model.opened.value = undefined
                    insertStep(model, position, text)
                    focusStep(position)
                  }}
                >
                  {text}
                </button>
              ))}
            </div>
          </div>
        ))}
      {refused.length > 0 && (
        <details>
          <summary>
            {refused.length === 1 ? '1 transform does' : `${refused.length} transforms do`} not apply here
          </summary>
          <ul class="refused">
            {refused.map(({ transform, refused: reason }) => (
              <li key={transform}>
                <b>{transform}</b>{' '}
                <span class="quiet">
                  {reason === undefined ? 'nothing was tried' : `${reason.step}: ${reason.message}`}
                </span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}
