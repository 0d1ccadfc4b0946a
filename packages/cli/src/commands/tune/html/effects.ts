/** What each choice of the template does to the time. */
import type { StoredSearch } from '@qernel/tune/database'
import { durationText } from '../../../report/quantities.ts'
import { html, type Markup, none } from '../../explain/html/markup.ts'

type Outcome = StoredSearch['outcomes'][number]

/** What candidates with one value reached. */
interface Value {
  readonly value: string
  readonly tried: number
  /** Microseconds: the fastest, and the median; absent if none has a time. */
  readonly least?: number
  readonly median?: number
}

/** One parameter: its values, and how much the best times differ between them. */
interface Effect {
  readonly name: string
  readonly values: readonly Value[]
  readonly factor: number
}

/** A section with one chart per parameter, the one that matters most first; nothing without parameters. */
export function effects(outcomes: readonly Outcome[]): Markup {
  const names = [...new Set(outcomes.flatMap(({ parameters }) => Object.keys(parameters ?? {})))]
  const found = names
    .map(name => effectOf(name, outcomes))
    .filter(({ values }) => values.length > 1)
    .sort((a, b) => b.factor - a.factor)
  if (found.length === 0) return none
  return html`<h2>The effect of each parameter</h2>
<p>For each value: the fastest candidate that has it (the bar), and the median of those that have it (the line). The parameter whose value matters most to the fastest comes first.</p>
${found.map(card)}`
}

function effectOf(name: string, outcomes: readonly Outcome[]): Effect {
  const groups = new Map<string | number | undefined, Outcome[]>()
  for (const one of outcomes) {
    const value = one.parameters?.[name]
    groups.set(value, [...(groups.get(value) ?? []), one])
  }
  const values = [...groups]
    .sort(([a], [b]) => String(a ?? '').localeCompare(String(b ?? ''), 'en', { numeric: true }))
    .map(([value, own]): Value => {
      const times = own.flatMap(({ timing }) => timing?.median ?? []).sort((a, b) => a - b)
      const [least] = times
      const median = times[(times.length - 1) >> 1]
      return {
        value: value === undefined ? 'none' : String(value),
        tried: own.length,
        ...(least !== undefined && median !== undefined && { least, median }),
      }
    })
  const leasts = values.flatMap(({ least }) => least ?? [])
  return { name, values, factor: leasts.length < 2 ? 1 : Math.max(...leasts) / Math.min(...leasts) }
}

const barWidth = 420

function card({ name, values, factor }: Effect): Markup {
  const longest = Math.max(...values.flatMap(({ median }) => median ?? []))
  const length = (time: number) => ((time / longest) * barWidth).toFixed(1)
  const rows = values.map(({ value, tried, least, median }) => {
    const bar =
      least === undefined || median === undefined
        ? html`<span class="bad">no candidate has a time</span>`
        : html`<svg width="${barWidth + 4}" height="14"><rect x="0" y="2" width="${length(least)}" height="10" rx="2" fill="var(--w0)"/><line x1="${length(median)}" x2="${length(median)}" y1="0" y2="14" stroke="var(--w1)" stroke-width="2"/></svg>`
    const text =
      least === undefined || median === undefined
        ? ''
        : `${durationText(least / 1000)}, median ${durationText(median / 1000)}`
    return html`<tr><td class="n">${value}</td><td>${bar}</td><td>${text}</td><td class="n soft">${tried}</td></tr>`
  })
  return html`<div class="card"><h3>${name} <span class="soft">${factor < 1.005 ? 'makes no difference to the fastest' : `up to ${factor.toFixed(2)} times as slow`}</span></h3>
<div class="wide"><table><thead><tr><th class="n">value</th><th></th><th>fastest, median</th><th class="n">tried</th></tr></thead><tbody>${rows}</tbody></table></div></div>`
}
