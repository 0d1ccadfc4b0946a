/** What was run, as comma-separated values below lines that say where. */
import type { RunModel } from './run-model.ts'
import { shownName } from './run-model.ts'

const columns = [
  'schedule',
  'result',
  'elements',
  'equal_bits',
  'other_allowed',
  'median_ms',
  'p20_ms',
  'p80_ms',
  'launches',
  'clock',
  'gigabytes_per_second',
  'sizes',
]

/** @param about the kernel, in a line */
export function resultsText({ device, results }: RunModel, about: string): string {
  const facts = device.value
  const notes = new Set(
    [...results.value.values()].flatMap(({ measurement }) =>
      measurement?.kind === 'measured' ? measurement.notes : [],
    ),
  )
  return [
    `# ${about}`,
    `# device: ${facts === undefined ? 'none' : `${facts.name}, ${facts.driver}`}`,
    ...(facts?.numerics ?? []).map(([name, value]) => `# ${name}: ${value}`),
    ...[...notes].map(note => `# ${note}`),
    columns.join(','),
    ...[...results.value].map(([name, { check, measurement }]) => {
      const checked =
        check?.kind === 'checked'
          ? [check.isRight ? 'right' : 'wrong', check.total, check.equal, check.allowed]
          : [check?.message ?? '', '', '', '']
      const { medianMs, p20, p80, launches, clock, gigabytesPerSecond, sizes } =
        measurement?.kind === 'measured' ? measurement : nothing
      const at = Object.entries(sizes).map(([size, value]) => `${size}=${value}`)
      const measured = [medianMs, p20, p80, launches, clock, gigabytesPerSecond, at.join(' ')]
      return [shownName(name), ...checked, ...measured].map(cell).join(',')
    }),
    '',
  ].join('\n')
}

const nothing = { medianMs: '', p20: '', p80: '', launches: '', clock: '', gigabytesPerSecond: '', sizes: {} }

function cell(value: string | number): string {
  const text = String(value)
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
