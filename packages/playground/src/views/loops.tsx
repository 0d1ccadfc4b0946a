import { useEffect, useRef } from 'preact/hooks'
import type { Model } from '../page/model.ts'
import { loopFacts, pinLoop } from '../page/model.ts'
import { Panel } from '../page/panel.tsx'
import type { Stage, StageLine } from '../protocol.ts'
import { CodeText } from './code-line.tsx'
import { StepSlider } from './step-slider.tsx'

/** The loop nest at one point of the schedule, with what the last step changed. */
export const Loops = ({ model }: { readonly model: Model }) => {
  const { stages } = model.compiled.value
  const stage = stages[model.stage.value]
  return (
    <Panel
      name="loops"
      title="Loops"
      note={<StepSlider model={model} />}
      actions={
        <label class="check">
          <input
            type="checkbox"
            checked={model.showsChanges.value}
            onChange={event => {
              model.showsChanges.value = event.currentTarget.checked
            }}
          />
          Changes
        </label>
      }
    >
      {stage === undefined ? (
        <p class="empty">The kernel has to be right first.</p>
      ) : (
        <Nest model={model} stage={stage} />
      )}
      <LoopNote model={model} />
    </Panel>
  )
}

const Nest = ({ model, stage }: { readonly model: Model; readonly stage: Stage }) => {
  const shows = model.showsChanges.value
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so a keyboard has to reach it.
    <section class="code scroll nest" tabIndex={0} aria-label="Loop nest">
      {stage.lines
        .filter(({ change }) => shows || change !== 'removed')
        .map((line, position) => (
          <NestLine key={position} model={model} line={shows ? line : { ...line, change: 'same' }} />
        ))}
    </section>
  )
}

const spoken = { same: '', added: 'added: ', removed: 'removed: ' } as const

const NestLine = ({ model, line }: { readonly model: Model; readonly line: StageLine }) => {
  const { loop: loopOfLine, text, change } = line
  const loop = change === 'removed' ? undefined : loopOfLine
  const isPointedAt = useRef(false)
  const mark = (isOn: boolean) => () => {
    isPointedAt.current = isOn
    model.hoveredLoop.value = isOn ? loop : undefined
  }
  // Compiling gives loops new ids, and lines other loops, while the pointer rests.
  useEffect(() => {
    if (isPointedAt.current) mark(loop !== undefined)()
  }, [loop])
  const content = (
    <>
      {change !== 'same' && <span class="hidden">{spoken[change]}</span>}
      <CodeText text={text} />
    </>
  )
  if (loop === undefined) return <div class={`line is-${change}`}>{content}</div>
  return (
    <button
      type="button"
      class={`line loop ${modeOf(text)} is-${change}${model.markedLoop.value === loop ? ' is-marked' : ''}`}
      aria-pressed={model.pinnedLoop.value === loop}
      onMouseEnter={mark(true)}
      onMouseLeave={mark(false)}
      onFocus={mark(true)}
      onBlur={mark(false)}
      onClick={() => pinLoop(model, loop)}
    >
      {content}
    </button>
  )
}

/** `grid`, `block`, `vector`, `serial` or `unroll`, as the line begins. */
const modeOf = (text: string): string => `mode-${/^\s*([a-z]+)/.exec(text)?.[1] ?? 'serial'}`

const runners: Readonly<Record<string, string>> = {
  grid: 'one workgroup per iteration',
  block: 'one thread per iteration',
  vector: 'lanes of one access',
  serial: 'one iteration after another',
  unroll: 'iterations written out',
}

/** What runs the marked loop, and which step made it. */
const LoopNote = ({ model }: { readonly model: Model }) => {
  const facts = loopFacts(model, model.markedLoop.value)
  return (
    <p class="panel-foot">
      {facts === undefined
        ? 'Point at a loop to see its lines and threads; press it to keep them.'
        : `${facts.name}: ${runners[facts.mode.split('.')[0] ?? ''] ?? facts.mode}, ${facts.extent} in all${facts.madeBy === undefined ? '' : `; by ${facts.madeBy}`}`}
    </p>
  )
}
