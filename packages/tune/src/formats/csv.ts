import type { Tried } from './tried.ts'

/** Quoted where the text has commas, quotes or line breaks (RFC 4180). */
const cell = (value: number | string | undefined): string => {
  const text = String(value ?? '')
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** A table with one row per candidate: what it is, its class, its times in microseconds, and a column per chosen value; empty where there is none. Lines end with CR LF (RFC 4180). */
export function toCsv(tried: readonly Tried[]): string {
  const names = [...new Set(tried.flatMap(({ parameters }) => Object.keys(parameters ?? {})))]
  const header = ['schedule', 'class', 'median_us', 'p20_us', 'p80_us', 'cost_s', 'date', 'problem', ...names]
  const rows = tried.map(one => [
    one.id,
    one.class,
    one.timing?.median,
    one.timing?.p20,
    one.timing?.p80,
    one.costSeconds,
    one.date,
    one.problem,
    ...names.map(name => one.parameters?.[name]),
  ])
  return [header, ...rows].map(row => `${row.map(cell).join(',')}\r\n`).join('')
}
