import { type Model, replaceStep } from '../page/model.ts'
import type { StepText, ValueChoice } from '../protocol.ts'
import { focusStep } from './focus-step.ts'
import { intoView } from './into-view.ts'

/** Other values of the arguments of a step, each tried with the whole schedule. */
export const Values = ({ model, step }: { readonly model: Model; readonly step: StepText }) => {
  const all = model.values.value
  const position = model.opened.value?.position
  if (all === undefined || position === undefined) return <p class="choices quiet">Trying other values …</p>
  if (all.length === 0) return <p class="choices quiet">No other value of this step was tried.</p>
  const refused = all.filter(one => one.refused !== undefined)
  return (
    <section class="choices" aria-label="Other values of this step" ref={intoView}>
      {[...new Set(all.map(({ argument }) => argument))].map(argument => (
        <div key={argument} class="offers">
          <b class="mono">{argument}</b>
          {all
            .filter(one => one.argument === argument && one.refused === undefined)
            .map(({ value, step: text }) => (
              <button
                key={value}
                type="button"
                class="mono"
                aria-pressed={text === step.text}
                title={text}
                onClick={() => {
                  replaceStep(model, position, { ...step, text })
                  focusStep(position)
                }}
              >
                {value}
              </button>
            ))}
        </div>
      ))}
      {refused.length > 0 && (
        <details>
          <summary>{refused.length === 1 ? '1 value is refused' : `${refused.length} values are refused`}</summary>
          <ul class="refused">
            {refused.map(one => (
              <RefusedValue key={one.step} one={one} />
            ))}
          </ul>
        </details>
      )}
    </section>
  )
}

const RefusedValue = ({ one: { step, refused } }: { readonly one: ValueChoice }) => (
  <li>
    <span class="mono">{step}</span> <span class="quiet">{refused?.message}</span>
  </li>
)
