import { share } from './address.ts'
import { chooseElement, chooseKernel, fixSize, type Model } from './model.ts'
import { nextTheme, theme } from './theme.ts'

export const TopBar = ({ model }: { readonly model: Model }) => (
  <header class="bar">
    <h1>
      qernel <span>playground</span>
    </h1>
    <Choices model={model} />
    <div class="bar-actions">
      <button type="button" class="primary" onClick={() => void share(model)}>
        Share
      </button>
      <button type="button" onClick={nextTheme} title="System, light or dark">
        Theme: <span class="theme-name">{theme.value}</span>
      </button>
    </div>
  </header>
)

const Choices = ({ model }: { readonly model: Model }) => {
  const { kernel, fixed } = model.state.value
  const entry = model.library.find(one => one.name === kernel.name)
  return (
    <div class="bar-choices">
      <label>
        Kernel
        <select value={kernel.name} onChange={event => chooseKernel(model, event.currentTarget.value)}>
          {model.library.map(({ name }) => (
            <option key={name} value={name} selected={name === kernel.name}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        {entry?.tensor ?? 'type'}
        <select
          value={kernel.element ?? entry?.types[0] ?? ''}
          onChange={event => chooseElement(model, event.currentTarget.value)}
        >
          {entry?.types.map(type => (
            <option key={type} value={type} selected={type === (kernel.element ?? entry.types[0])}>
              {type}
            </option>
          ))}
        </select>
      </label>
      {model.compiled.value.kernel?.sizes.map(size => (
        <label key={size} title={`Fix ${size} at compile time, or leave it open for any size at launch`}>
          {size}
          <input
            class="size"
            inputMode="numeric"
            placeholder="any"
            value={fixed[size] ?? ''}
            onChange={event => {
              const { value } = event.currentTarget
              const number = Number(value)
              if (value.trim() === '') fixSize(model, size, undefined)
              else if (Number.isSafeInteger(number) && number >= 0) fixSize(model, size, number)
              else {
                model.notice.value = `${size} must be a whole number, or empty for any size`
                event.currentTarget.value = String(fixed[size] ?? '')
              }
            }}
          />
        </label>
      ))}
    </div>
  )
}
