import { chooseSchedule, insertStep, type Model } from '../page/model.ts'
import { Panel } from '../page/panel.tsx'
import { keyOf } from '../page/step-keys.ts'
import { Choices } from './choices.tsx'
import { StepChip } from './step-chip.tsx'

/** The schedules that go with the kernel, and the steps of the one that is shown. */
export const Schedule = ({ model }: { readonly model: Model }) => (
  <Panel name="schedule" title="Schedule" note={nameOf(model)}>
    <div class="scroll schedule">
      <NamedSchedules model={model} />
      <ol class="steps" aria-label="Steps">
        {model.steps.value.map((step, position) => (
          <StepChip key={keyOf(step)} model={model} step={step} position={position} />
        ))}
      </ol>
      <NewStep model={model} />
    </div>
  </Panel>
)

const nameOf = ({ state }: Model): string =>
  state.value.schedule.kind === 'named' ? state.value.schedule.name : 'your own'

const NamedSchedules = ({ model }: { readonly model: Model }) => {
  const { schedule } = model.state.value
  return (
    <fieldset class="named">
      <legend class="hidden">Named schedules</legend>
      {model.compiled.value.kernel?.schedules.map(({ name, summary, steps }) => (
        <label key={name} class="named-one" title={summary}>
          <input
            type="radio"
            name="schedule"
            value={name}
            checked={schedule.kind === 'named' && schedule.name === name}
            onChange={() => chooseSchedule(model, name)}
          />
          <span class="named-name">{name}</span>
          <span class="named-steps mono">{steps.join(' ') || 'no steps'}</span>
        </label>
      ))}
    </fieldset>
  )
}

const NewStep = ({ model }: { readonly model: Model }) => {
  const end = model.steps.value.length
  const isOpen = model.opened.value?.kind === 'choices' && model.opened.value.position === end
  return (
    <>
      <form
        class="new-step"
        onSubmit={event => {
          event.preventDefault()
          const field = event.currentTarget.elements.namedItem('step')
          if (!(field instanceof HTMLInputElement) || field.value.trim() === '') return
          insertStep(model, end, field.value.trim())
          field.value = ''
        }}
      >
        <button
          type="button"
          aria-expanded={isOpen}
          onClick={() => {
            model.opened.value = isOpen ? undefined : { kind: 'choices', position: end }
          }}
        >
          + Step
        </button>
        <input
          name="step"
          class="mono"
          aria-label="New step as text"
          placeholder="or type one: unroll(loop=t)"
          autocomplete="off"
          spellcheck={false}
        />
      </form>
      {isOpen && <Choices model={model} position={end} />}
    </>
  )
}
