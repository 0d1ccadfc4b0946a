/** The schedule with one argument changed: the cost of each value, and the refused values with reasons. */
import { costOf, printStep, type Variation } from '@qernel/schedule'
import { dispatchesOf } from '@qernel/schedule/internal'
import { html, type Markup, none, table } from './markup.ts'
import type { PageParts } from './page-parts.ts'

export function variationTable({ scheduled, variations, sizes }: PageParts): Markup {
  if (variations.length === 0) return none
  const refused = grouped(variations.filter(isRefused), ({ step, argument, outcome }) =>
    [step, argument, outcome.refusal.code, outcome.step, pattern(outcome.refusal.message)].join(' '),
  )
  const name = ({ step, argument }: Variation) => {
    const one = scheduled.steps[step - 1]
    return html`<code>${step}. ${one === undefined ? '' : printStep(one)}</code> ${argument}`
  }
  const rows = refused.map(same => {
    const [first] = same
    const { refusal, step } = first.outcome
    return [
      name(first),
      same.map(({ value }) => String(value)).join(', '),
      html`<span class="bad">${refusal.code}</span>`,
      html`<span class="text">${step === first.step || step === 0 ? '' : `at step ${step}: `}${refusal.message}</span>`,
    ]
  })
  const applied = variations.filter(isApplied).map(variation => {
    const { nest } = variation.outcome.scheduled
    const cost = costOf(nest, sizes)
    const fewest = cost.minimumReadBytes + cost.minimumWrittenBytes
    return [
      name(variation),
      String(variation.value),
      dispatchesOf(nest)
        .map(({ threads }) => threads)
        .join(', '),
      dispatchesOf(nest).reduce((sum, d) => sum + d.meetingBytes + d.shared.reduce((n, { bytes }) => n + bytes, 0), 0),
      fewest === 0 ? '–' : ((cost.readBytes + cost.writtenBytes) / fewest).toFixed(2),
    ]
  })
  return html`<h2>Instead</h2>
<p class="soft">The schedule with one argument changed, for every value worth trying.</p>
${rows.length === 0 ? html`<p>None is refused.</p>` : html`<h3>Refused</h3>${table(['step and argument', 'values', 'code', 'why'], rows)}`}
${applied.length === 0 ? none : html`<details><summary>${applied.length} that apply</summary>${table(['step and argument', 'value', 'threads', 'shared bytes', 'bytes moved ÷ fewest'], applied)}</details>`}`
}

type Of<Kind extends string> = Variation & { readonly outcome: Extract<Variation['outcome'], Record<Kind, unknown>> }
const isRefused = (v: Variation): v is Of<'refusal'> => 'refusal' in v.outcome
const isApplied = (v: Variation): v is Of<'scheduled'> => 'scheduled' in v.outcome

/** Messages that differ only in numbers count as one reason. */
const pattern = (message: string): string => message.replace(/\d+/g, '#')

type Group = readonly [Of<'refusal'>, ...Of<'refusal'>[]]

function grouped(all: readonly Of<'refusal'>[], key: (one: Of<'refusal'>) => string): Group[] {
  const groups = new Map<string, [Of<'refusal'>, ...Of<'refusal'>[]]>()
  for (const one of all) {
    const known = groups.get(key(one))
    if (known === undefined) groups.set(key(one), [one])
    else known.push(one)
  }
  return [...groups.values()]
}
