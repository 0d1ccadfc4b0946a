import { computed, useSignalEffect } from '@preact/signals'
import { useMemo, useRef } from 'preact/hooks'
import type { Model } from '../page/model.ts'
import type { Mark } from '../protocol.ts'
import { CodeText } from './code-line.tsx'

interface SourceTextProps {
  readonly model: Model
  readonly title: string
  readonly text: string
  readonly marks: readonly Mark[]
}

/** The lines of a source; those that belong to the marked loop are marked, and scrolled into view. */
export const SourceText = ({ model, title, text, marks }: SourceTextProps) => {
  const { header, lines, loops } = useMemo(() => partsOf(text, marks), [text, marks])
  const box = useRef<HTMLElement>(null)
  useSignalEffect(() => {
    const marked = model.markedLoop.value
    if (marked !== undefined && box.current !== null) reveal(box.current, marked, loops)
  })
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so a keyboard has to reach it.
    <section class="code scroll" tabIndex={0} aria-label={`${title} source`} ref={box}>
      {header.length > 0 && (
        <details class="provenance">
          <summary>Provenance: definition, schedule, target, numerics</summary>
          <pre>
            <code class="t-comment">{`${header.join('\n')}\n`}</code>
          </pre>
        </details>
      )}
      <pre>
        {lines.map((line, position) => (
          <SourceLine key={position} model={model} text={line} loops={loops[position] ?? none} />
        ))}
      </pre>
    </section>
  )
}

const none: readonly number[] = []

const SourceLine = (props: { readonly model: Model; readonly text: string; readonly loops: readonly number[] }) => {
  const { model, text, loops } = props
  const classes = useMemo(
    () => computed(() => (loops.includes(model.markedLoop.value ?? -1) ? 'line is-marked' : 'line')),
    [model, loops],
  )
  return (
    <code class={classes}>
      <CodeText text={text} />
    </code>
  )
}

/** The comment at the top of a file says where it comes from; the rest is code. `loops` has the loops of each line of the code. */
function partsOf(text: string, marks: readonly Mark[]) {
  const all = text.trimEnd().split('\n')
  const length = Math.max(
    0,
    all.findIndex(line => !line.startsWith('//')),
  )
  const skipped = all[length] === '' ? length + 1 : length
  const lines = all.slice(skipped)
  const loops = lines.map((_, position): readonly number[] => {
    const line = position + skipped + 1
    const own = marks.flatMap(mark => (mark.from <= line && line <= mark.to ? mark.loops : []))
    return own.length === 0 ? none : own
  })
  return { header: all.slice(0, length), lines, loops }
}

/** Scrolls to the first line of a loop, unless one of its lines is in view. */
function reveal(box: HTMLElement, loop: number, loops: readonly (readonly number[])[]): void {
  const lines = box.querySelectorAll<HTMLElement>('.line')
  const own = [...lines].filter((_, position) => loops[position]?.includes(loop))
  const isInView = ({ offsetTop, offsetHeight }: HTMLElement): boolean =>
    offsetTop >= box.scrollTop && offsetTop + offsetHeight <= box.scrollTop + box.clientHeight
  if (own[0] !== undefined && !own.some(isInView)) box.scrollTo({ top: own[0].offsetTop - 24 })
}
