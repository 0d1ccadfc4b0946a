import { useEffect, useRef } from 'preact/hooks'
import type { Engine } from '../engine/client.ts'
import { download } from '../page/download.ts'
import { shownExample } from '../page/example-actions.ts'
import { kernelFile } from '../page/kernel-file.ts'
import type { Model } from '../page/model.ts'
import { Panel } from '../page/panel.tsx'
import { startEditor } from './start-editor.ts'

interface KernelTextProps {
  readonly model: Model
  /** Absent while the page is built. */
  readonly engine: Engine | undefined
}

/** The definition of the kernel as TypeScript of the language. It is parsed, and never executed. */
export const KernelText = ({ model, engine }: KernelTextProps) => {
  const host = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (engine === undefined || host.current === null) return
    const editor = startEditor(host.current, model, engine)
    return () => void editor.then(stop => stop())
  }, [])
  return (
    <Panel name="kernel" title="Kernel" note={noteOf(model)} actions={<DownloadFile model={model} />}>
      {/* The editor takes its place as soon as it is loaded. */}
      <div ref={host} class="kernel-editor">
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it */}
        <pre class="mono kernel-first" tabIndex={0}>
          {model.text.peek()?.text}
        </pre>
      </div>
      <Problems model={model} />
    </Panel>
  )
}

/** The text with the steps that apply: a file that the command line compiles. */
const DownloadFile = ({ model }: { readonly model: Model }) => {
  const { text, compiled, state, problems } = model
  const { kernel, steps } = compiled.value
  const source = text.value
  const name = kernel?.text?.name ?? source?.name
  const canDownload = kernel !== undefined && source !== undefined && name !== undefined && problems.value.length === 0
  return (
    <button
      type="button"
      title="The kernel with this schedule, for qernel emit"
      disabled={!canDownload}
      onClick={() => {
        if (!canDownload) return
        const file = `${kernel.name.replaceAll('_', '-')}.kernel.ts`
        const applied = steps.filter(({ outcome }) => outcome.kind === 'applied').map(step => step.text)
        const { text, set = {} } = source
        const fixed = Object.fromEntries(
          Object.entries(state.value.fixed).filter(([size]) => kernel.sizes.includes(size)),
        )
        download(file, kernelFile({ text, name, set, fixed, steps: applied, file }))
      }}
    >
      Download .ts
    </button>
  )
}

function noteOf(model: Model): string {
  const { state, text, compiled } = model
  if (text.value === undefined) return 'reading the definition …'
  if (state.value.kernel.kind === 'library') return compiled.value.kernel?.summary ?? ''
  const example = shownExample(model)
  return example === undefined
    ? 'your own: parsed and compiled, never executed'
    : `example ${example}: change it as you like`
}

const Problems = ({ model }: { readonly model: Model }) => {
  const problems = model.problems.value
  return (
    <ul class="problems" aria-label="Problems of the kernel" aria-live="polite">
      {problems.map(({ code, message, instead, range }) => (
        <li key={`${code} ${range?.from} ${message}`}>
          {message}
          {instead !== undefined && ` – ${instead}`}
        </li>
      ))}
    </ul>
  )
}
