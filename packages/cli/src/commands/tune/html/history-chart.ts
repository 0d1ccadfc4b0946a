/** The time of every candidate in the order in which they were tried, and the best so far. */
import type { StoredSearch } from '@qernel/tune/database'
import { durationText } from '../../../report/quantities.ts'
import { html, type Markup } from '../../explain/html/markup.ts'

type Outcome = StoredSearch['outcomes'][number]

const [width, height] = [1040, 300]
const margin = { left: 70, right: 16, top: 12, bottom: 34 }

export function historyChart(outcomes: readonly Outcome[]): Markup {
  const times = outcomes.flatMap(({ timing }) => timing?.median ?? [])
  if (times.length === 0) return html`<p class="soft">No candidate has a time.</p>`
  const [least, most] = [Math.min(...times), Math.max(...times)]
  const x = (i: number) => margin.left + ((i + 0.5) / outcomes.length) * (width - margin.left - margin.right)
  // Logarithmic: a factor is the same distance everywhere.
  const range = Math.log(Math.max(most / least, 1.02))
  const y = (time: number) =>
    margin.top + (1 - (Math.log(time / least) / range) * 0.94 - 0.03) * (height - margin.top - margin.bottom)
  const dots = outcomes.map((one, i) =>
    one.timing === undefined
      ? html`<path d="M${x(i) - 3} ${height - margin.bottom - 3}l6 6m0 -6l-6 6" stroke="var(--bad)"><title>${i + 1}: ${one.id} · ${one.class}</title></path>`
      : html`<circle cx="${x(i).toFixed(1)}" cy="${y(one.timing.median).toFixed(1)}" r="3" fill="var(--w0)" fill-opacity=".55"><title>${i + 1}: ${one.id} · ${durationText(one.timing.median / 1000)}</title></circle>`,
  )
  const marks = ticks(least, most).map(
    time => html`<line x1="${margin.left}" x2="${width - margin.right}" y1="${y(time).toFixed(1)}" y2="${y(time).toFixed(1)}" stroke="var(--line)"/>
<text x="${margin.left - 8}" y="${(y(time) + 3).toFixed(1)}" text-anchor="end">${durationText(time / 1000)}</text>`,
  )
  const last = outcomes.length
  return html`<figure><div class="wide"><svg width="${width}" height="${height}" role="img" aria-label="time of every candidate, and the best so far">
${marks}
<path d="${bestPath(outcomes, x, y)}" fill="none" stroke="var(--w1)" stroke-width="2"/>
${dots}
<text x="${margin.left}" y="${height - 8}">1</text><text x="${width - margin.right}" y="${height - 8}" text-anchor="end">${last}</text>
<text x="${(margin.left + width - margin.right) / 2}" y="${height - 8}" text-anchor="middle">candidates, in the order in which they were tried</text>
</svg></div><figcaption>Each dot is the median time of a candidate (logarithmic), the line is the best so far; a cross is a candidate without a time. Point at one to see its steps.</figcaption></figure>`
}

/** Steps down at each improvement. */
function bestPath(outcomes: readonly Outcome[], x: (i: number) => number, y: (time: number) => number): string {
  let best = Number.POSITIVE_INFINITY
  let path = ''
  for (const [i, { timing }] of outcomes.entries()) {
    if (timing === undefined || timing.median >= best) continue
    path += path === '' ? `M${x(i).toFixed(1)} ` : `H${x(i).toFixed(1)}V`
    best = timing.median
    path += y(best).toFixed(1)
  }
  return `${path}H${x(outcomes.length - 1).toFixed(1)}`
}

/** A few round times between two. */
function ticks(least: number, most: number): number[] {
  const all = Array.from({ length: 40 }, (_, i) => 10 ** (Math.floor(i / 3) - 3) * ([1, 2, 5][i % 3] as number))
  const inside = all.filter(time => time >= least && time <= most)
  return inside.length >= 2 ? inside : [least, ...(most > least * 1.02 ? [most] : [])]
}
