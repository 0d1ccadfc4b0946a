import { useEffect, useRef } from 'preact/hooks'
import type { Engine } from '../engine/client.ts'
import { shownExample } from '../page/example-actions.ts'
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
    <Panel name="kernel" title="Kernel" note={noteOf(model)}>
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

function noteOf(model: Model): string {
  const { state, text, compiled } = model
  if (text.value === undefined) return 'reading the definition …'
  if (state.value.kernel.kind === 'library') return compiled.value.kernel?.summary ?? ''
  const example = shownExample(model)
  return example === undefined ? 'your own' : `example ${example}: change it as you like`
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
