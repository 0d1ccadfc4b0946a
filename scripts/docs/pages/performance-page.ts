/** docs/performance.md: its tables, made from the results that `qernel bench` left in bench/results. */
import { markdownTable } from '../markers.ts'
import { decodeTable } from './decode-table.ts'
import { namedTable } from './named-table.ts'
import { openSizesTable } from './open-sizes-table.ts'
import { figures, usedSchedules } from './performance-figures.ts'
import { newest, runsOn, stepsText } from './performance-results.ts'

export function performanceParts(): Record<string, string> {
  return {
    figures: figures(),
    used: usedSchedules(),
    decode: decodeTable(),
    named: namedTable(),
    open: openSizesTable(),
    schedules: schedules(),
    seed: seedTable(),
  }
}

/** The results of the schedules of one kernel, the fastest first. */
function schedules(): string {
  return [...newest('H100').values()]
    .filter(({ subject: { kernel, sizes } }) => sizes.D === 1024 && kernel.endsWith('quantize'))
    .filter(({ subject }) => subject.device === 'cuda' && subject.element === 'f32')
    .map(({ subject }) => {
      const rows = [...subject.schedules]
        .sort((a, b) => (b.tbps ?? 0) - (a.tbps ?? 0))
        .map(({ schedule, time, tbps, ratio, steps }) => [
          schedule === 'best' ? `best: ${stepsText(steps)}` : schedule,
          `${(time?.medianMs ?? 0).toFixed(3)} ms`,
          (tbps ?? 0).toFixed(3),
          (ratio ?? 0).toFixed(3),
        ])
      const title = `\`${subject.kernel}\`, f32, 131072 × 1024, CUDA\n\n`
      return title + markdownTable(['schedule', 'median', 'TB/s', 'of the ceiling'], rows)
    })
    .join('\n')
}

/** arXiv 2601.04719: quantize and dequantize together, ms, and the speed-up over its CPU code. */
const published: readonly (readonly [
  size: string,
  naive: number,
  tiled: number,
  coarsened: number,
  vectorized: number,
  cpu: number,
])[] = [
  ['2048x128', 0.03, 0.032, 0.026, 0.025, 212],
  ['16384x256', 0.271, 0.3, 0.234, 0.187, 660],
  ['65536x256', 1.258, 1.475, 0.935, 0.725, 1176],
  ['131072x256', 2.488, 1.915, 1.755, 1.459, 1147],
  ['131072x1024', 7.98, 6.93, 6.99, 5.76, 1495],
  ['131072x2048', 13.21, 13.97, 13.95, 11.55, 1600],
  ['131072x4096', 26.97, 30.08, 27.84, 23.16, 1632],
  ['131072x8192', 51.38, 58.09, 57.42, 46.91, 1694],
]

function seedTable(): string {
  const all = runsOn('H100')
  const cpu = all.flatMap(run => run.cpu)
  const time = (size: string, device: string, schedule: string): number | undefined => {
    const parts = ['quantize', 'dequantize'].map(
      kind =>
        all
          .flatMap(({ subjects }) => subjects)
          .filter(s => `${s.sizes.T}x${s.sizes.D}` === size && s.element === 'f32' && s.device === device)
          .filter(s => s.kernel === `int8_per_channel_${kind}`)
          .flatMap(s => s.schedules.filter(each => each.schedule === schedule))
          .at(-1)?.time?.medianMs,
    )
    return parts.every(part => part !== undefined) ? parts.reduce((a, b) => a + b, 0) : undefined
  }
  const ms = (value: number | undefined): string =>
    value === undefined ? '–' : value >= 1000 ? String(Math.round(value)) : value.toPrecision(3)
  const names = ['naive', 'tiled', 'coarsened', 'vectorized'] as const
  const rows = published.map(([size, ...columns]) => {
    const cells = names.map(
      (name, i) => `${columns[i]} / ${ms(time(size, 'cuda', name))} / ${ms(time(size, 'webgpu', name))}`,
    )
    const order = (name: string) => {
      const one = cpu.find(each => each.size === size && each.order === name)
      return one && one.quantizeMs + one.dequantizeMs
    }
    const [byColumn, byRow] = [order('column by column'), order('row by row')]
    const own = time(size, 'cuda', 'vectorized')
    const faster = (slow: number | undefined) => (own && slow ? `${Math.round(slow / own)}×` : '–')
    return [
      size.replace('x', ' × '),
      ...cells,
      ms(byColumn),
      ms(byRow),
      `${columns[4]}× / ${faster(byColumn)}`,
      faster(byRow),
    ]
  })
  return markdownTable(['T × D', ...names, 'CPU, by columns', 'CPU, by rows', 'over columns', 'over rows'], rows)
}
