import { durationText, SOFTWARE_TIMES } from '../../report/quantities.ts'
import { type Column, textTable } from '../../report/text-table.ts'
import { peerCeiling, peersOf } from './peers.ts'
import { type BenchResults, disagreeing, type MeasuredSubject, sizeName } from './results.ts'

const right = (title: string): Column => ({ title, align: 'right' })
const columns: readonly Column[] = [
  { title: 'schedule' },
  { title: 'device' },
  right('median'),
  right('20%'),
  right('80%'),
  right('TB/s'),
  right('of ceiling'),
  { title: 'results' },
]

/** A table a kernel and size. */
export function benchText(results: BenchResults): string {
  const groups = new Map<string, MeasuredSubject[]>()
  for (const subject of results.subjects) {
    const title = `${subject.kernel}, ${subject.element}, ${sizeName(subject.sizes)}`
    groups.set(title, [...(groups.get(title) ?? []), subject])
  }
  const tables = [...groups].map(([title, subjects]) => `${title}\n\n${subjectTable(subjects, results)}`)
  const ceilings = textTable(
    [{ title: 'ceiling' }, { title: 'device' }, { title: 'size' }, { title: 'type' }, right('TB/s')],
    results.ceilings.map(each => [each.mix, each.device, each.size, each.element, bandwidth(each.tbps)]),
  )
  const checks = results.subjects.flatMap(({ reference }) => reference.rows)
  const wrong = disagreeing(results.subjects)
  return [
    ...tables,
    ...(results.ceilings.length > 0 ? [ceilings] : []),
    ...cpuText(results),
    `Reference: a thread an element, divided exactly; ${checks.reduce((sum, { elements }) => sum + elements, 0)} of its elements interpreted from the definition, ${checks.reduce((sum, { different }) => sum + different, 0)} differ.\n${
      wrong.length > 0 ? `DEVICES DISAGREE: ${wrong.join('; ')}\n` : ''
    }${results.devices.map(({ name, driver, isSoftware }) => `${name}, ${driver}${isSoftware ? `; ${SOFTWARE_TIMES}` : ''}\n`).join('')}`,
  ].join('\n')
}

function subjectTable(subjects: readonly MeasuredSubject[], { peers }: BenchResults): string {
  const [first] = subjects as readonly [MeasuredSubject]
  const size = sizeName(first.sizes)
  const beside = peersOf(peers, first.kernel, size, first.element)
  const top = peerCeiling(peers, first.kernel, size, first.element) ?? first.ceiling.tbps
  return textTable(columns, [
    ...subjects.flatMap(({ device, ceiling, schedules }) => [
      [`ceiling: ${ceiling.mix}`, device, durationText(ceiling.medianMs), '', '', bandwidth(ceiling.tbps), '', ''],
      ...schedules.map(({ schedule, time, tbps, ratio, problem, verification, dispatches = 1 }) =>
        time === undefined
          ? [schedule, device, '', '', '', '', '', problem ?? '']
          : [
              schedule,
              device,
              durationText(time.medianMs),
              durationText(time.p20),
              durationText(time.p80),
              bandwidth(tbps ?? 0),
              (ratio ?? 0).toFixed(3),
              `${verification?.words ?? 0} words equal${dispatches > 1 ? `, ${dispatches} dispatches` : ''}`,
            ],
      ),
    ]),
    ...beside.map(({ name, ms, TBps }) => [
      name,
      'peer',
      durationText(ms),
      '',
      '',
      bandwidth(TBps),
      (TBps / top).toFixed(3),
      '',
    ]),
  ])
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
