import type { LibrarySource, TextSource } from '../protocol.ts'
import { share } from './address.ts'
import { chooseExample, shownExample } from './example-actions.ts'
import { changeText, chooseElement, chooseKernel, fixSize, type Model } from './model.ts'
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
  return (
    <div class="bar-choices">
      <KernelChoice model={model} />
      {kernel.kind === 'library' ? (
        <Elements model={model} kernel={kernel} />
      ) : (
        <TextChoices model={model} kernel={kernel} />
      )}
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

/** What the value of an option begins with that is an example. */
const ofExample = 'example '

const KernelChoice = ({ model }: { readonly model: Model }) => {
  const { kernel } = model.state.value
  const example = shownExample(model)
  const chosen = kernel.kind === 'library' ? kernel.name : example === undefined ? '' : ofExample + example
  const choose = (value: string): void => {
    if (value.startsWith(ofExample)) void chooseExample(model, value.slice(ofExample.length))
    else chooseKernel(model, value)
  }
  return (
    <label>
      Kernel
      <select value={chosen} onChange={event => choose(event.currentTarget.value)}>
        {chosen === '' && (
          <option value="" disabled selected>
            your own
          </option>
        )}
        <optgroup label="Examples to change">
          {model.examples.map(({ name, explanation }) => (
            <option key={name} value={ofExample + name} title={explanation} selected={name === example}>
              {name}
            </option>
          ))}
        </optgroup>
        <optgroup label="Library">
          {model.library.map(({ name, summary }) => (
            <option key={name} value={name} title={summary} selected={name === chosen}>
              {name}
            </option>
          ))}
        </optgroup>
      </select>
    </label>
  )
}

const Elements = ({ model, kernel }: { readonly model: Model; readonly kernel: LibrarySource }) => {
  const entry = model.library.find(one => one.name === kernel.name)
  const chosen = kernel.element ?? entry?.types[0] ?? ''
  const choose = (type: string) => chooseElement(model, type)
  return <Select label={entry?.tensor ?? 'type'} value={chosen} values={entry?.types ?? []} choose={choose} />
}

/** The kernels of a text, if it has several, and the values of compile-time parameters. */
const TextChoices = ({ model, kernel }: { readonly model: Model; readonly kernel: TextSource }) => {
  const facts = model.compiled.value.kernel?.text
  const set = (name: string, value: string) => changeText(model, { set: { ...kernel.set, [name]: value } })
  return (
    <>
      {facts !== undefined && facts.names.length > 1 && (
        <Select
          label="export"
          value={facts.name}
          values={facts.names}
          choose={name => changeText(model, { name, set: {} })}
        />
      )}
      {facts?.parameters.map(({ name, value, allowed }) =>
        allowed === undefined ? (
          <label key={name}>
            {name}
            <input class="size" value={value} onChange={event => set(name, event.currentTarget.value)} />
          </label>
        ) : (
          <Select key={name} label={name} value={value} values={allowed} choose={chosen => set(name, chosen)} />
        ),
      )}
    </>
  )
}

interface SelectProps {
  readonly label: string
  readonly value: string
  readonly values: readonly string[]
  choose(value: string): void
}

const Select = ({ label, value, values, choose }: SelectProps) => (
  <label>
    {label}
    <select value={value} onChange={event => choose(event.currentTarget.value)}>
      {values.map(one => (
        <option key={one} value={one} selected={one === value}>
          {one}
        </option>
      ))}
    </select>
  </label>
)
