import type { Model } from '../page/model.ts'
import { Panel } from '../page/panel.tsx'
import type { Stage, StageLine } from '../protocol.ts'
import { CodeText } from './code-line.tsx'
import { StepSlider } from './step-slider.tsx'

/** The loop nest at one point of the schedule, with what the last step changed. */
export const Loops = ({ model }: { readonly model: Model }) => {
  const { stages } = model.compiled.value
  const stage = stages[model.stage.value]
  return (
    <Panel name="loops" title="Loops" note={<StepSlider model={model} />}>
      {stage === undefined ? (
        <p class="empty">The kernel has to be right first.</p>
      ) : (
        <Nest model={model} stage={stage} />
      )}
    </Panel>
  )
}

const Nest = ({ model, stage }: { readonly model: Model; readonly stage: Stage }) => {
  const lines = stage.lines.filter(({ change }) => change !== 'removed')
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so a keyboard has to reach it.
    <section class="code scroll nest" tabIndex={0} aria-label="Loop nest">
      {lines.map((line, position) => (
        <NestLine key={position} model={model} line={line} isNew={line.change === 'added'} />
      ))}
    </section>
  )
}

const NestLine = (props: { readonly model: Model; readonly line: StageLine; readonly isNew: boolean }) => {
  const { model, line, isNew } = props
  const changed = isNew ? ' is-new' : ''
  const { loop } = line
  if (loop === undefined)
    return (
      <div class={`line${changed}`}>
        <CodeText text={line.text} />
      </div>
    )
  const mark = (value: number | undefined) => () => {
    model.hoveredLoop.value = value
  }
  return (
    <button
      type="button"
      class={`line loop ${modeOf(line.text)}${changed}${model.markedLoop.value === loop ? ' is-marked' : ''}`}
      aria-pressed={model.pinnedLoop.value === loop}
      onMouseEnter={mark(loop)}
      onMouseLeave={mark(undefined)}
      onFocus={mark(loop)}
      onBlur={mark(undefined)}
      onClick={() => {
        model.pinnedLoop.value = model.pinnedLoop.value === loop ? undefined : loop
      }}
    >
      <CodeText text={line.text} />
    </button>
  )
}

/** `grid`, `block`, `vector`, `serial` or `unroll`, as the line begins. */
const modeOf = (text: string): string => `mode-${/^\s*([a-z]+)/.exec(text)?.[1] ?? 'serial'}`
