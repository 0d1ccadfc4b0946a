import type { ComponentChildren } from 'preact'

interface PanelProps {
  /** Names the place in the layout (`styles/layout.css`), and the heading. */
  readonly name: string
  readonly title: string
  /** Shown beside the title. */
  readonly note?: ComponentChildren
  /** Buttons at the right of the title. */
  readonly actions?: ComponentChildren
  readonly children: ComponentChildren
}

/** One part of the page, with a heading; its content scrolls, so that nothing else moves when it grows. */
export const Panel = ({ name, title, note, actions, children }: PanelProps) => (
  <section class={`panel panel-${name}`} aria-labelledby={`title-${name}`}>
    <header class="panel-head">
      <h2 id={`title-${name}`}>{title}</h2>
      {note !== undefined && <span class="panel-note">{note}</span>}
      {actions !== undefined && <div class="panel-actions">{actions}</div>}
    </header>
    {children}
  </section>
)
