import { visibleLines } from '@qernel/dsl/internal'

/** Text that is already markup, so that it is escaped exactly once. */
export class Markup {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type Part = string | number | Markup | readonly (string | number | Markup)[]

/** A template whose values are escaped, except markup; lists are joined. */
export function html(strings: TemplateStringsArray, ...values: readonly Part[]): Markup {
  return new Markup(strings.reduce((text, piece, i) => text + asText(values[i - 1] as Part) + piece))
}

const asText = (part: Part): string =>
  part instanceof Markup ? part.text : Array.isArray(part) ? part.map(asText).join('') : escapeText(String(part))

const escapeText = (text: string): string =>
  visibleLines(text).replace(/[&<>"]/g, c => (c === '&' ? '&amp;' : c === '<' ? '&lt;' : c === '>' ? '&gt;' : '&quot;'))

export const none = new Markup('')

/** A table with titles; columns of numbers are right-aligned. */
export function table(
  titles: readonly string[],
  rows: readonly (readonly (string | number | Markup)[])[],
  caption?: string,
): Markup {
  const isNumber = titles.map(
    (_, i) => rows.length > 0 && rows.every(row => typeof row[i] === 'number' || row[i] === '–'),
  )
  const cell = (value: string | number | Markup, i: number) =>
    html`<td${isNumber[i] ? new Markup(' class="n"') : ''}>${typeof value === 'number' ? grouped(value) : value}</td>`
  return html`<div class="wide"><table>${caption === undefined ? none : html`<caption>${caption}</caption>`}
<thead><tr>${titles.map((title, i) => html`<th${isNumber[i] ? new Markup(' class="n"') : ''}>${title}</th>`)}</tr></thead>
<tbody>${rows.map(row => html`<tr>${row.map(cell)}</tr>\n`)}</tbody></table></div>`
}

/** 1048576 as 1 048 576, with non-breaking spaces. */
export const grouped = (value: number): string =>
  Number.isInteger(value) ? String(value).replace(/\B(?=(\d{3})+$)/g, '\u202f') : String(Number(value.toFixed(3)))
