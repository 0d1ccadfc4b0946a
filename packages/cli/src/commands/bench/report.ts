import type { ScheduleResult, Verification } from '@qernel/bench'
import { durationText, SOFTWARE_TIMES } from '../../report/quantities.ts'
import { type Column, textTable } from '../../report/text-table.ts'
import { peerCeiling, peersOf } from './peers.ts'
import { type BenchResults, disagreeing, type MeasuredSubject, sizeName, subjectName } from './results.ts'

const right = (title: string): Column => ({ title, align: 'right' })
/** The contents of a table line; a peer or a ceiling has fewer than a schedule. */
interface Line {
  readonly name: string
  readonly device: string
  readonly median?: number
  readonly p20?: number
  readonly p80?: number
  readonly tbps?: number
  readonly ratio?: number
  /** The TB/s to which the ratio refers. */
  readonly top?: number
  readonly results?: string
}

interface LineColumn extends Column {
  cell(line: Line): string
}

const number = (title: string, cell: LineColumn['cell']): LineColumn => ({ title, align: 'right', cell })
const timeText = (ms: number | undefined): string => (ms === undefined ? '' : durationText(ms))
const ownCeiling = number('its ceiling', ({ top }) => (top === undefined ? '' : bandwidth(top)))
const columns: readonly LineColumn[] = [
  { title: 'schedule', cell: ({ name }) => name },
  { title: 'device', cell: ({ device }) => device },
  number('median', ({ median }) => timeText(median)),
  number('20%', ({ p20 }) => timeText(p20)),
  number('80%', ({ p80 }) => timeText(p80)),
  number('TB/s', ({ tbps }) => (tbps === undefined ? '' : bandwidth(tbps))),
  ownCeiling,
  number('of ceiling', ({ ratio }) => ratio?.toFixed(3) ?? ''),
  { title: 'results', cell: ({ results = '' }) => results },
]

/** One table per kernel and size. */
export function benchText(results: BenchResults): string {
  const groups = new Map<string, MeasuredSubject[]>()
  for (const subject of results.subjects) {
    const title = subjectName(subject)
    groups.set(title, [...(groups.get(title) ?? []), subject])
  }
  const tables = [...groups].map(([title, subjects]) => `${title}\n\n${subjectTable(subjects, results)}`)
  const ceilings = textTable(
    [{ title: 'ceiling' }, { title: 'device' }, { title: 'size' }, { title: 'type' }, right('TB/s')],
    results.ceilings.map(({ mix, device, size, element, tbps }) => [mix, device, size, element, bandwidth(tbps)]),
  )
  const checks = results.subjects.flatMap(({ reference }) => reference?.rows ?? [])
  const wrong = disagreeing(results.subjects)
  return [
    ...tables,
    ...(results.ceilings.length > 0 ? [ceilings] : []),
    ...cpuText(results),
    ...remarks(results),
    `Reference: one thread per element, exact division; ${checks.reduce((sum, { elements }) => sum + elements, 0)} of its elements interpreted from the definition, ${checks.reduce((sum, { different }) => sum + different, 0)} differ.\n${
      wrong.length > 0 ? `DEVICES DISAGREE: ${wrong.join('; ')}\n` : ''
    }${results.devices.map(({ name, driver, isSoftware }) => `${name}, ${driver}${isSoftware ? `; ${SOFTWARE_TIMES}` : ''}\n`).join('')}`,
  ].join('\n')
}

function subjectTable(subjects: readonly MeasuredSubject[], { peers }: BenchResults): string {
  const [first] = subjects as readonly [MeasuredSubject]
  const size = sizeName(first.sizes)
  const top = peerCeiling(peers, first.kernel, size, first.element) ?? first.ceiling?.tbps
  const lines = [
    ...subjects.flatMap(({ device, ceiling, schedules }): Line[] => [
      ...(ceiling === undefined
        ? []
        : [{ name: `ceiling: ${ceiling.mix}`, device, median: ceiling.medianMs, tbps: ceiling.tbps }]),
      ...schedules.toSorted(bySpeed).map(each => scheduleLine(device, each)),
    ]),
    ...peersOf(peers, first.kernel, size, first.element).map(
      ({ name, ms, TBps }): Line => ({
        name,
        device: 'peer',
        median: ms,
        tbps: TBps,
        ...(top === undefined ? {} : { ratio: TBps / top }),
      }),
    ),
  ]
  // Each batch and run has its own ceiling; if there is only one, it is shown above the table.
  const isOne = subjects.every(
    ({ schedules }) => new Set(schedules.flatMap(each => each.ceiling?.tbps ?? [])).size <= 1,
  )
  const shown = columns.filter(column => !(isOne && column === ownCeiling))
  return textTable(
    shown,
    lines.map(line => shown.map(({ cell }) => cell(line))),
  )
}

/** Schedules without a time come first, the fastest last, next to the prompt. */
const bySpeed = (a: ScheduleResult, b: ScheduleResult): number =>
  (b.time?.medianMs ?? Number.POSITIVE_INFINITY) - (a.time?.medianMs ?? Number.POSITIVE_INFINITY) || 0

function scheduleLine(device: string, result: ScheduleResult): Line {
  const { schedule: name, time, tbps, ratio, ceiling, problem, verification, dispatches = 1, earlier } = result
  if (time === undefined) return { name, device, results: `${problem ?? ''}${earlierText(earlier)}` }
  const parts = dispatches > 1 ? `, ${dispatches} dispatches` : ''
  return {
    name,
    device,
    median: time.medianMs,
    p20: time.p20,
    p80: time.p80,
    ...(tbps === undefined ? {} : { tbps }),
    ...(ratio === undefined ? {} : { ratio }),
    ...(ceiling === undefined ? {} : { top: ceiling.tbps }),
    results: `${verifiedText(verification)}${parts}${earlierText(earlier)}`,
  }
}

function verifiedText({ words, different, rows = [] }: Verification = { words: 0, different: 0 }): string {
  if (different === 0) return `${words} words equal`
  const checked = rows.reduce((sum, { elements }) => sum + elements, 0)
  const right = rows.some(({ what }) => what === 'single elements')
    ? 'within the bound of sums in any order'
    : 'right in its own order of sums or within what the target language allows'
  return `${right}: ${checked} elements interpreted${distanceText(rows)}; ${different} of ${words} words differ from the reference`
}

/** How far reordered sums are from those of the definition. */
function distanceText(rows: NonNullable<Verification['rows']>): string {
  const order = rows.flatMap(row => row.order ?? [])
  if (order.length === 0) return ''
  const farthest = Math.max(...order.map(one => one.farthest))
  const share = Math.max(...order.map(one => one.shareOfBound))
  return `, at most ${farthest} ulp from the definition, ${(100 * share).toPrecision(2)}% of the bound (n − 1) · 2^-24 · Σ|term|`
}

/** The ratio of an earlier result refers to the ceiling of that run. */
const earlierText = (date: string | undefined): string =>
  date === undefined ? '' : `; earlier run, ${date.slice(0, 16).replace('T', ' ')}`

/** Lines about what is missing in the tables, and why. */
function remarks({ missing = [], unmeasured = 0, stoppedBy, rows }: BenchResults): string[] {
  const lines = missing.map(
    ({ device, subject, problem }) => `NOT MEASURED on ${device}${subject ? `: ${subject}` : ''}: ${problem}`,
  )
  if (unmeasured > 0) {
    const goOn = rows === undefined ? '' : '; run the same command again to resume'
    lines.push(
      `${stoppedBy === undefined ? 'Incomplete' : `Stopped by ${stoppedBy}`}: ${unmeasured} schedules without a result${goOn}`,
    )
  }
  if (rows !== undefined) {
    lines.push(
      `${rows.file}: ${rows.taken} results reused from earlier runs, each with its own ceiling; ${rows.written} appended`,
    )
  }
  return lines.length === 0 ? [] : [`${lines.join('\n')}\n`]
}

const bandwidth = (tbps: number): string => (tbps >= 0.01 ? tbps.toFixed(3) : tbps.toPrecision(2))

function cpuText({ cpu, cpuNote }: BenchResults): string[] {
  if (cpuNote !== undefined) return [`${cpuNote}\n`]
  if (cpu.length === 0) return []
  return [
    `One CPU thread, f32\n\n${textTable(
      [{ title: 'size' }, { title: 'order' }, right('quantize'), right('dequantize')],
      cpu.map(({ size, order, quantizeMs, dequantizeMs }) => [
        size,
        order,
        durationText(quantizeMs),
        durationText(dequantizeMs),
      ]),
    )}`,
  ]
}
