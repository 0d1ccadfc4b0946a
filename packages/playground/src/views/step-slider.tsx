import type { Model } from '../page/model.ts'

/** Goes through the loops before any step, and after each. */
export const StepSlider = ({ model }: { readonly model: Model }) => {
  const { stages } = model.compiled.value
  const at = model.stage.value
  const go = (to: number): void => {
    model.chosenStage.value = to
  }
  const { step, isRepair } = stages[at] ?? {}
  const label = step === undefined ? 'before any step' : `${isRepair ? 'added: ' : 'after '}${step}`
  return (
    <span class="slider">
      <button type="button" class="small" aria-label="One step back" disabled={at === 0} onClick={() => go(at - 1)}>
        ‹
      </button>
      <input
        type="range"
        min={0}
        max={Math.max(0, stages.length - 1)}
        step={1}
        value={at}
        aria-label="Step of the schedule"
        aria-valuetext={label}
        onInput={event => go(event.currentTarget.valueAsNumber)}
      />
      <button
        type="button"
        class="small"
        aria-label="One step forward"
        disabled={at >= stages.length - 1}
        onClick={() => go(at + 1)}
      >
        ›
      </button>
      <span class="slider-text mono" title={label}>
        {at}/{Math.max(0, stages.length - 1)} {label}
      </span>
    </span>
  )
}
