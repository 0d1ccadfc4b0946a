/** One self-contained page about the searches of a store: no script, nothing from elsewhere. */
import { compilerVersion } from '@qernel/codegen'
import { outcomeClasses } from '@qernel/tune'
import type { StoredSearch } from '@qernel/tune/database'
import { durationText, SOFTWARE_TIMES } from '../../../report/quantities.ts'
import { html, Markup, none, table } from '../../explain/html/markup.ts'
import { style } from '../../explain/html/style.ts'
import { effects } from './effects.ts'
import { historyChart } from './history-chart.ts'

const generator = 'qernel tune report'

/** Whether an earlier report wrote the page, so that it may be replaced. */
export const isOwnPage = (text: string): boolean => text.includes(`content="${generator}`)

/** @param path the store, as the user named it */
export function searchPage(searches: readonly StoredSearch[], path: string): string {
  const [first] = searches
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="${generator} ${compilerVersion}"><title>${first?.conditions.kernel ?? ''}, ${path}</title>
<style>${trusted(style)}</style></head><body><main>${searches.map(search => section(search, path))}</main></body></html>
`
  return page.text
}

const trusted = (text: string): Markup => new Markup(text)

type Outcome = StoredSearch['outcomes'][number]

function section({ conditions, strategy, size, outcomes, final }: StoredSearch, path: string): Markup {
  const { kernel, element, sizes, device, driver, target, version, isSoftware } = conditions
  const at = Object.entries(sizes).map(([name, value]) => `${name} = ${value}`)
  const ranked = byTime(outcomes)
  const best = final?.finalists[0] ?? ranked[0]
  const seconds = outcomes.reduce((sum, { costSeconds }) => sum + costSeconds, 0)
  const share =
    final === undefined || best?.timing === undefined
      ? undefined
      : conditions.bytes / best.timing.median / 1e6 / final.ceiling.tbps
  const facts: readonly (readonly [string, string])[] = [
    [String(outcomes.length), size === undefined ? 'candidates tried' : `candidates tried, of ${size} combinations`],
    [String(ranked.length), 'correct'],
    [best?.timing === undefined ? '–' : durationText(best.timing.median / 1000), 'the fastest'],
    ...(share !== undefined && Number.isFinite(share)
      ? [[`${(share * 100).toFixed(1)}%`, 'of the ceiling'] as const]
      : []),
    [`${seconds.toFixed(0)} s`, 'to compile, check and measure'],
  ]
  return html`<h1>${kernel}</h1>
<p class="soft">${element}, ${at.join(', ')} · ${device}, ${driver} · ${target} · strategy ${strategy} · qernel ${version}${isSoftware ? ` · ${SOFTWARE_TIMES}` : ''}</p>
<div class="facts">${facts.map(([value, what]) => html`<div><b>${value}</b><span>${what}</span></div>`)}</div>
${
  best === undefined
    ? html`<p class="bad">No candidate is correct.</p>`
    : html`<div class="card"><h3>The fastest schedule</h3><code>${best.id || '(no steps)'}</code>
${(final?.ties.length ?? 0) > 0 ? html`<p class="soft">${final?.ties.length ?? 0} others cannot be told apart from it.</p>` : none}</div>`
}
<h2>Best so far</h2>
${historyChart(outcomes)}
${effects(outcomes)}
<h2>Outcomes by class</h2>
${classes(outcomes)}
<h2>Every candidate</h2>
${everyCandidate(outcomes)}
<p class="soft">From ${path}.</p>`
}

const byTime = (outcomes: readonly Outcome[]): Outcome[] =>
  outcomes.filter(one => one.timing !== undefined).sort((a, b) => (a.timing?.median ?? 0) - (b.timing?.median ?? 0))

/** Every class that occurs, and the reasons, the most frequent first. */
function classes(outcomes: readonly Outcome[]): Markup {
  const rows = outcomeClasses.flatMap(each => {
    const own = outcomes.filter(one => one.class === each)
    if (own.length === 0) return []
    const reasons = new Map<string, number>()
    for (const { problem } of own) if (problem !== undefined) reasons.set(problem, (reasons.get(problem) ?? 0) + 1)
    const listed = [...reasons].sort(([, a], [, b]) => b - a).slice(0, 5)
    const text = listed.map(([problem, count]) => html`<div class="text">${count} × ${problem}</div>`)
    const more =
      reasons.size > listed.length
        ? html`<div class="text soft">and ${reasons.size - listed.length} other reasons</div>`
        : none
    return [[each, own.length, html`${text}${more}`] as const]
  })
  return table(['class', 'candidates', 'why'], rows)
}

/** Those with a time first, the fastest on top; then the others, in the order in which they were tried. */
function everyCandidate(outcomes: readonly Outcome[]): Markup {
  const number = new Map(outcomes.map((one, i) => [one, i + 1]))
  const rows = [...byTime(outcomes), ...outcomes.filter(one => one.timing === undefined)].map(one => [
    number.get(one) ?? 0,
    html`<code>${one.id || '(no steps)'}</code>`,
    one.timing === undefined ? html`<span class="bad">${one.class}</span>` : durationText(one.timing.median / 1000),
    one.timing === undefined ? '' : `${durationText(one.timing.p20 / 1000)} to ${durationText(one.timing.p80 / 1000)}`,
    one.problem === undefined ? '' : html`<div class="text">${one.problem}</div>`,
  ])
  return table(['tried', 'schedule', 'time', 'p20 to p80', 'why'], rows)
}
